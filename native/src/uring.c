#include "uring.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uring_t closed = {.fd = -1};

static int call(long status) { return status < 0 ? -errno : (int)status; }

static int change(const uring_t *u, unsigned what, void *argument, unsigned count) {
  return call(syscall(URING_REGISTER, u->fd, what, argument, count));
}

static void *map(int fd, size_t bytes, long long offset) {
  int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED | MAP_POPULATE;
  void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, (off_t)offset);
  return p == MAP_FAILED ? NULL : p;
}

static int map_queues(uring_t *u, const uring_params_t *p) {
  size_t sq = p->sq.array + p->sq_entries * sizeof(uint32_t), cq = p->cq.cqes + p->cq_entries * sizeof(uring_cqe_t);
  u->rings_bytes = sq > cq ? sq : cq;
  u->sq_entries = p->sq_entries;
  u->rings = map(u->fd, u->rings_bytes, URING_SQ_OFFSET);
  u->sqes = map(u->fd, u->sq_entries * sizeof *u->sqes, URING_SQES_OFFSET);
  if (!u->rings || !u->sqes) return -ENOMEM;
  u->shared_sq_tail = (uint32_t *)(void *)(u->rings + p->sq.tail);
  u->shared_cq_head = (uint32_t *)(void *)(u->rings + p->cq.head);
  u->shared_cq_tail = (uint32_t *)(void *)(u->rings + p->cq.tail);
  u->cqes = (uring_cqe_t *)(void *)(u->rings + p->cq.cqes);
  u->cq_mask = p->cq_entries - 1;
  // Entries are used in the order in which they stand: the indirection stays the identity.
  uint32_t *array = (uint32_t *)(void *)(u->rings + p->sq.array);
  for (uint32_t i = 0; i < p->sq_entries; i++) array[i] = i;
  return 0;
}

static int provide_buffers(uring_t *u, const uring_options_t *o) {
  size_t ring = o->buffers * sizeof(uring_buffer_t);
  u->buffer_bytes = o->buffer_bytes;
  u->buffers_bytes = ring + o->buffers * o->buffer_bytes;
  u->buffers = map(-1, u->buffers_bytes, 0);
  if (!u->buffers) return -ENOMEM;
  u->memory = (uint8_t *)u->buffers + ring;
  u->buffer_mask = o->buffers - 1;
  uring_buffers_t buffers = {.address = (uint64_t)(uintptr_t)u->buffers, .entries = o->buffers};
  int status = change(u, URING_REGISTER_BUFFERS, &buffers, 1);
  if (status < 0) return status;
  for (uint32_t id = 0; id < o->buffers; id++) uring_return_buffer(u, (uint16_t)id);
  uring_buffers_returned(u);
  return 0;
}

int uring_open(uring_t *u, const uring_options_t *o) {
  *u = closed;
  // One thread submits and reaps, and completions come about only when it asks for them: no interruption of its own
  // work, and a batch at a time.
  uring_params_t p = {.flags = URING_SINGLE_ISSUER | URING_DEFER_TASKRUN | URING_SUBMIT_ALL | URING_CQ_SIZE, .cq_entries = o->completions};
  int status = u->fd = call(syscall(URING_SETUP, o->submissions, &p));
  unsigned needed = URING_SINGLE_MMAP | URING_EXT_ARG;
  if (status >= 0) status = (p.features & needed) == needed ? map_queues(u, &p) : -EINVAL;
  uring_files_t files = {.count = o->files, .flags = URING_SPARSE};
  if (status >= 0) status = change(u, URING_REGISTER_FILES, &files, sizeof files);
  if (status >= 0) status = provide_buffers(u, o);
  if (status < 0) uring_close(u);
  return status < 0 ? status : 0;
}

void uring_close(uring_t *u) {
  if (u->fd >= 0) close(u->fd);
  if (u->rings) munmap(u->rings, u->rings_bytes);
  if (u->sqes) munmap(u->sqes, u->sq_entries * sizeof *u->sqes);
  if (u->buffers) munmap(u->buffers, u->buffers_bytes);
  *u = closed;
}

bool uring_has(const uring_t *u, uint8_t opcode) {
  uring_operations_t all = {0};
  if (change(u, URING_PROBE, &all, sizeof all.of / sizeof *all.of) < 0) return false;
  return opcode <= all.last && (all.of[opcode].flags & URING_SUPPORTED);
}

uring_sqe_t *uring_next(uring_t *u, uint32_t *index) {
  if (u->sq_pending == u->sq_entries) return NULL;
  *index = u->sq_tail & (u->sq_entries - 1);
  u->sq_tail++;
  u->sq_pending++;
  uring_sqe_t *s = &u->sqes[*index];
  memset(s, 0, sizeof *s);
  return s;
}

int uring_enter(uring_t *u, int64_t wait_ns) {
  int64_t time[2] = {wait_ns / 1000000000, wait_ns % 1000000000};
  uring_wait_t wait = {.signals_size = _NSIG / 8, .timeout = (uint64_t)(uintptr_t)time};
  unsigned flags = wait_ns < 0 ? 0 : URING_GET_EVENTS;
  __atomic_store_n(u->shared_sq_tail, u->sq_tail, __ATOMIC_RELEASE);
  int status = wait_ns > 0 ? call(syscall(URING_ENTER, u->fd, u->sq_pending, 1, flags | URING_WAIT_ARGUMENT, &wait, sizeof wait))
                           : call(syscall(URING_ENTER, u->fd, u->sq_pending, 0, flags, NULL, 0));
  // What was submitted is told even where the wait was cut short; an error means that nothing was.
  if (status >= 0) u->sq_pending -= (uint32_t)status;
  return status >= 0 || status == -ETIME || status == -EINTR ? 0 : status;
}

int uring_submit(uring_t *u, uint32_t count) {
  __atomic_store_n(u->shared_sq_tail, u->sq_tail, __ATOMIC_RELEASE);
  int status = call(syscall(URING_ENTER, u->fd, count, 0, 0, NULL, 0));
  if (status > 0) u->sq_pending -= (uint32_t)status;
  return status;
}

void uring_return_buffer(uring_t *u, uint16_t id) {
  uring_buffer_t *b = &u->buffers[u->buffer_tail++ & u->buffer_mask];
  // Not as a whole: the ring's tail stands in the first entry.
  b->address = (uint64_t)(uintptr_t)(u->memory + id * u->buffer_bytes);
  b->length = (uint32_t)u->buffer_bytes;
  b->id = id;
}

int uring_set_file(uring_t *u, uint32_t place, int fd) {
  uring_files_update_t update = {.offset = place, .files = (uint64_t)(uintptr_t)&fd};
  int status = change(u, URING_UPDATE_FILES, &update, 1);
  return status < 0 ? status : 0;
}
