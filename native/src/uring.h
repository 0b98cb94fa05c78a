// One io_uring, used by the thread that opened it: submission and completion queues, a table of registered files, and
// a ring of buffers that the kernel receives into. It knows nothing of datagrams. Everything returns −errno on failure.
#ifndef RPNET_URING_H
#define RPNET_URING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uring_abi.h"

typedef struct {
  uint32_t files;         // places in the table of registered files
  uint32_t submissions;   // powers of two
  uint32_t completions;
  uint32_t buffers;       // at most 32768
  size_t buffer_bytes;
} uring_options_t;

typedef struct {
  int fd;
  uint8_t *rings;
  size_t rings_bytes;
  uring_sqe_t *sqes;
  uint32_t sq_entries, sq_tail, sq_pending;
  uint32_t *shared_sq_tail;
  uring_cqe_t *cqes;
  uint32_t cq_mask, cq_head;
  uint32_t *shared_cq_head, *shared_cq_tail;
  uring_buffer_t *buffers;  // the ring of them, and behind it their memory
  size_t buffers_bytes, buffer_bytes;
  uint32_t buffer_mask, buffer_tail;
  uint8_t *memory;
} uring_t;

// Needs Linux 6.1. −EPERM where it is forbidden, −ENOSYS or −EINVAL where the kernel has none or an older one.
int uring_open(uring_t *u, const uring_options_t *options);
void uring_close(uring_t *u);
// Whether the kernel has an operation.
bool uring_has(const uring_t *u, uint8_t opcode);

// Entry `i` of those that were prepared and that the kernel did not take, `sq_pending` in number.
static inline uring_sqe_t *uring_untaken(const uring_t *u, uint32_t i) { return &u->sqes[(u->sq_tail - u->sq_pending + i) & (u->sq_entries - 1)]; }

// The next submission entry, zeroed, and its index; NULL when the queue is full: enter first.
uring_sqe_t *uring_next(uring_t *u, uint32_t *index);

// Hands over what was prepared. `wait_ns` < 0: only that; 0: also lets completions come about; > 0: waits up to that
// long for one. Returns 0 also when the time was over or a signal came.
int uring_enter(uring_t *u, int64_t wait_ns);

// Hands over the first `count` entries of those that were prepared. Returns how many were taken.
int uring_submit(uring_t *u, uint32_t count);

// Completions that were not taken yet, from `cq_head` on; `uring_taken` gives the kernel their places back.
static inline uint32_t uring_ready(const uring_t *u) { return __atomic_load_n(u->shared_cq_tail, __ATOMIC_ACQUIRE) - u->cq_head; }
static inline uring_cqe_t *uring_at(const uring_t *u, uint32_t ahead) { return &u->cqes[(u->cq_head + ahead) & u->cq_mask]; }
static inline void uring_taken(uring_t *u, uint32_t count) {
  u->cq_head += count;
  __atomic_store_n(u->shared_cq_head, u->cq_head, __ATOMIC_RELEASE);
}

// The buffer that a completion of a receive names, and its return; `uring_buffers_returned` makes returns known.
static inline uint8_t *uring_buffer(const uring_t *u, const uring_cqe_t *c) { return u->memory + (size_t)(c->flags >> URING_BUFFER_SHIFT) * u->buffer_bytes; }
void uring_return_buffer(uring_t *u, uint16_t id);
static inline void uring_buffers_returned(uring_t *u) { __atomic_store_n(&u->buffers[0].tail, (uint16_t)u->buffer_tail, __ATOMIC_RELEASE); }

// Puts a descriptor, or −1 for none, into the table of registered files.
int uring_set_file(uring_t *u, uint32_t place, int fd);
#endif
