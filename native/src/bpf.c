#include "bpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Commands and parts of bpf_attr that headers before 5.8 lack (linux/bpf.h).
enum { RAW_TRACEPOINT = 17, LOOKUP_BATCH = 24, LINK_CREATE = 28, ENABLE_STATS = 32, ITER_CREATE = 33 };

typedef struct {
  uint32_t prog_type, insn_cnt;
  uint64_t insns, license;
  uint32_t log_level, log_size;
  uint64_t log_buf;
  uint32_t kern_version, prog_flags;
  char prog_name[16];
  uint32_t prog_ifindex, expected_attach_type;
  uint32_t unused[9];  // of the program's own BTF
  uint32_t attach_btf_id;
} load_attr_t;
_Static_assert(offsetof(load_attr_t, attach_btf_id) == 108, "as in union bpf_attr");

typedef struct {
  uint64_t in_batch, out_batch, keys, values;
  uint32_t count, map_fd;
  uint64_t elem_flags, flags;
} batch_attr_t;

// glibc has no wrapper for it. A shorter bpf_attr than the kernel's is fine, and so are trailing zeros beyond it.
static int bpf_sized(int command, void *attr, size_t bytes) {
  int status = (int)syscall(SYS_bpf, command, attr, bytes);
  return status < 0 ? -errno : status;
}

static int bpf(int command, union bpf_attr *attr) { return bpf_sized(command, attr, sizeof *attr); }

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

int bpf_read_all(const bpf_entries_t *room) {
  uint32_t place = 0;
  size_t read = 0;
  while (read < room->count) {
    batch_attr_t attr = {.in_batch = read ? address(&place) : 0,
                         .out_batch = address(&place),
                         .keys = address(room->keys + read * room->key_bytes),
                         .values = address(room->values + read * room->value_bytes),
                         .count = (uint32_t)(room->count - read),
                         .map_fd = (uint32_t)room->map};
    int status = bpf_sized(LOOKUP_BATCH, &attr, sizeof attr);
    if (status < 0 && status != -ENOENT) return status;
    read += attr.count;
    if (status == -ENOENT) break;  // that was the last of them
  }
  return (int)read;
}

int bpf_load(const bpf_program_t *program, char *log, size_t log_bytes) {
  load_attr_t attr = {.prog_type = program->type,
                      .insn_cnt = (uint32_t)program->count,
                      .insns = address(program->instructions),
                      .license = address(program->license),
                      .expected_attach_type = program->attach_type,
                      .attach_btf_id = program->btf_id};
  strncpy(attr.prog_name, program->name, sizeof attr.prog_name - 1);
  int fd = bpf_sized(BPF_PROG_LOAD, &attr, sizeof attr);
  if (fd >= 0) return fd;
  // Only a program that failed is asked why: a log that does not fit its buffer would fail a good one.
  log[0] = '\0';
  attr.log_level = 1;
  attr.log_buf = address(log);
  attr.log_size = (uint32_t)log_bytes;
  int again = bpf_sized(BPF_PROG_LOAD, &attr, sizeof attr);
  return again >= 0 ? again : fd;
}

int bpf_link(int program, uint32_t attach_type) {
  uint32_t attr[] = {(uint32_t)program, 0, attach_type, 0};
  return bpf_sized(LINK_CREATE, attr, sizeof attr);
}

int bpf_trace(int program) {
  // Where to is known since it was loaded, so no name of a tracepoint is given.
  uint32_t attr[] = {0, 0, (uint32_t)program, 0};
  return bpf_sized(RAW_TRACEPOINT, attr, sizeof attr);
}

int bpf_iterate(int link) {
  uint32_t attr[] = {(uint32_t)link, 0};
  return bpf_sized(ITER_CREATE, attr, sizeof attr);
}

int bpf_time_programs(void) {
  uint32_t run_time = 0;
  return bpf_sized(ENABLE_STATS, &run_time, sizeof run_time);
}

int bpf_socket_filter(int socket) {
  // Asked with no room, it says how many instructions there are and writes none.
  socklen_t instructions = 0;
  int status = getsockopt(socket, SOL_SOCKET, SO_GET_FILTER, NULL, &instructions);
  return status < 0 ? -errno : (int)instructions;
}

int bpf_attach_classic(int socket, const void *instructions, size_t count) {
  struct sock_fprog program = {.len = (unsigned short)count, .filter = (struct sock_filter *)instructions};
  int status = setsockopt(socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program);
  return status < 0 ? -errno : 0;
}
