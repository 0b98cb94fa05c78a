#include "bpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// None of the helpers that the programs call is reserved for GPL programs.
static const char license[] = "MIT";

// glibc has no wrapper for it. Trailing zeros are fine for a kernel whose bpf_attr is shorter than ours.
static int bpf(int command, union bpf_attr *attr) {
  int status = (int)syscall(SYS_bpf, command, attr, sizeof *attr);
  return status < 0 ? -errno : status;
}

static uint64_t address(const void *p) { return (uint64_t)(uintptr_t)p; }

int bpf_create_map(uint32_t type, uint32_t key_bytes, uint32_t value_bytes, uint32_t entries) {
  union bpf_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.map_type = type;
  attr.key_size = key_bytes;
  attr.value_size = value_bytes;
  attr.max_entries = entries;
  return bpf(BPF_MAP_CREATE, &attr);
}

static int element(int command, int map, const void *key, void *value) {
  union bpf_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.map_fd = (uint32_t)map;
  attr.key = address(key);
  attr.value = address(value);
  return bpf(command, &attr);
}

int bpf_update(const bpf_entries_t *e) {
  for (size_t i = 0; i < e->count; i++) {
    int status = element(BPF_MAP_UPDATE_ELEM, e->map, e->keys + i * e->key_bytes, e->values + i * e->value_bytes);
    if (status < 0) return status;
  }
  return 0;
}

int bpf_lookup(const bpf_entries_t *e, uint8_t *found) {
  int hits = 0;
  for (size_t i = 0; i < e->count; i++) {
    int status = element(BPF_MAP_LOOKUP_ELEM, e->map, e->keys + i * e->key_bytes, e->values + i * e->value_bytes);
    if (status < 0 && status != -ENOENT) return status;
    found[i] = status == 0;
    hits += found[i];
  }
  return hits;
}

int bpf_delete(int map, const void *key) { return element(BPF_MAP_DELETE_ELEM, map, key, NULL); }

int bpf_load(uint32_t type, const void *instructions, size_t count, char *log, size_t log_bytes) {
  union bpf_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.prog_type = type;
  attr.insns = address(instructions);
  attr.insn_cnt = (uint32_t)count;
  attr.license = address(license);
  int program = bpf(BPF_PROG_LOAD, &attr);
  if (program >= 0) return program;
  // Only a program that failed is asked why: a log that does not fit its buffer would fail a good one.
  log[0] = '\0';
  attr.log_level = 1;
  attr.log_buf = address(log);
  attr.log_size = (uint32_t)log_bytes;
  int again = bpf(BPF_PROG_LOAD, &attr);
  return again >= 0 ? again : program;
}

int bpf_attach_classic(int socket, const void *instructions, size_t count) {
  struct sock_fprog program = {.len = (unsigned short)count, .filter = (struct sock_filter *)instructions};
  int status = setsockopt(socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program);
  return status < 0 ? -errno : 0;
}
