// The bpf(2) system call and what setsockopt() has for BPF programs of a reuseport group. Programs come from
// TypeScript as encoded instructions; nothing here knows what they do. Everything returns −errno on failure.
#ifndef RPNET_BPF_H
#define RPNET_BPF_H
#include <stddef.h>
#include <stdint.h>

// Returns the descriptor of a new map. Descriptors of maps and programs are close-on-exec.
int bpf_create_map(uint32_t type, uint32_t key_bytes, uint32_t value_bytes, uint32_t entries);

// `count` entries at once: keys and values stand one after another.
typedef struct {
  int map;
  size_t count;
  size_t key_bytes, value_bytes;
  uint8_t *keys, *values;
} bpf_entries_t;

// Writes all entries, or stops at the first that fails.
int bpf_update(const bpf_entries_t *entries);
// Reads those that are there, sets `found` to 1 for them and to 0 for the others. Returns how many there were.
int bpf_lookup(const bpf_entries_t *entries, uint8_t *found);
int bpf_delete(int map, const void *key);

// Loads a program of `count` instructions of 8 bytes and returns its descriptor. If that fails, `log` holds what
// the verifier said, as a string.
int bpf_load(uint32_t type, const void *instructions, size_t count, char *log, size_t log_bytes);

// SO_ATTACH_REUSEPORT_CBPF with `count` instructions of 8 bytes (struct sock_filter).
int bpf_attach_classic(int socket, const void *instructions, size_t count);
#endif
