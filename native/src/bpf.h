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
// All entries of a hash map, as many as there is room for. Returns how many were read.
int bpf_read_all(const bpf_entries_t *room);

typedef struct {
  uint32_t type;
  const void *instructions;
  size_t count;  // of instructions, 8 bytes each
  const char *license, *name;
  uint32_t attach_type, btf_id;  // where it is to be attached, for types that are told so when they are loaded
} bpf_program_t;

// Loads a program and returns its descriptor. If that fails, `log` holds what the verifier said, as a string.
int bpf_load(const bpf_program_t *program, char *log, size_t log_bytes);

// Both return a descriptor: of what holds a program of type iterator attached, and of one pass of it, to be read as a file.
int bpf_link(int program, uint32_t attach_type);
int bpf_iterate(int link);
// Returns a descriptor: while it is open, a program runs at the function that it was loaded for.
int bpf_trace(int program);
// Returns a descriptor; while it is open the kernel takes the time of all BPF programs.
int bpf_time_programs(void);

// SO_GET_FILTER: 0 without a filter, the number of instructions of a classic one, −EACCES for an extended one.
int bpf_socket_filter(int socket);

// SO_ATTACH_REUSEPORT_CBPF with `count` instructions of 8 bytes (struct sock_filter).
int bpf_attach_classic(int socket, const void *instructions, size_t count);
#endif
