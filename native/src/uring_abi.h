// The kernel's io_uring interface as far as it is used here, from io_uring_enter(2) and its siblings. Written out, so that
// the addon builds where the installed kernel headers are older than the running kernel.
#ifndef RPNET_URING_ABI_H
#define RPNET_URING_ABI_H
#include <stdint.h>

typedef struct {
  uint8_t opcode, flags;
  uint16_t priority;  // of SEND and RECV: how to go about it
  int32_t file;
  uint64_t offset, address;
  uint32_t length, message_flags;
  uint64_t user_data;
  uint16_t buffer_group, personality;
  int32_t file_index;
  uint64_t address3, reserved;
} uring_sqe_t;

typedef struct {
  uint64_t user_data;
  int32_t result;
  uint32_t flags;
} uring_cqe_t;

typedef struct {
  uint32_t sq_entries, cq_entries, flags, sq_thread_cpu, sq_thread_idle, features, wq_file, reserved[3];
  struct {
    uint32_t head, tail, mask, entries, flags, dropped, array, reserved;
    uint64_t address;
  } sq;
  struct {
    uint32_t head, tail, mask, entries, overflow, cqes, flags, reserved;
    uint64_t address;
  } cq;
} uring_params_t;

// An entry of a ring of provided buffers. The ring's tail stands in `tail` of its first entry.
typedef struct {
  uint64_t address;
  uint32_t length;
  uint16_t id, tail;
} uring_buffer_t;

typedef struct {
  uint64_t address;
  uint32_t entries;
  uint16_t group, flags;
  uint64_t reserved[3];
} uring_buffers_t;

// What stands before the bytes that a receive of messages puts into a buffer; then come the sender's address and control data,
// each in the room that it was given.
typedef struct {
  uint32_t sender_bytes, control_bytes, payload_bytes, flags;
} uring_message_t;

typedef struct {
  uint32_t count, flags;
  uint64_t reserved, data, tags;
} uring_files_t;

typedef struct {
  uint32_t offset, reserved;
  uint64_t files;
} uring_files_update_t;

// Which operations a kernel has.
typedef struct {
  uint8_t last, count;
  uint16_t reserved;
  uint32_t reserved_too[3];
  struct {
    uint8_t opcode, reserved;
    uint16_t flags;
    uint32_t reserved_too;
  } of[64];
} uring_operations_t;

typedef struct {
  uint64_t signals;
  uint32_t signals_size, pad;
  uint64_t timeout;  // of a struct with seconds and nanoseconds, 64 bit each
} uring_wait_t;

_Static_assert(sizeof(uring_sqe_t) == 64 && sizeof(uring_cqe_t) == 16 && sizeof(uring_params_t) == 120, "io_uring_setup(2)");
_Static_assert(sizeof(uring_buffer_t) == 16, "io_uring_register(2)");

enum {  // system calls, the same on every architecture
  URING_SETUP = 425,
  URING_ENTER = 426,
  URING_REGISTER = 427,
};
enum {  // setup
  URING_CQ_SIZE = 1 << 3,
  URING_SUBMIT_ALL = 1 << 7,
  URING_SINGLE_ISSUER = 1 << 12,   // Linux 6.0
  URING_DEFER_TASKRUN = 1 << 13,   // Linux 6.1
};
enum { URING_SINGLE_MMAP = 1 << 0, URING_EXT_ARG = 1 << 8 };  // features
enum { URING_GET_EVENTS = 1 << 0, URING_WAIT_ARGUMENT = 1 << 3 };  // enter
enum {  // register
  URING_UPDATE_FILES = 6,
  URING_PROBE = 8,  // Linux 5.6
  URING_REGISTER_FILES = 13,
  URING_REGISTER_BUFFERS = 22,  // Linux 5.19
};
enum { URING_SPARSE = 1 << 0 };
enum { URING_SUPPORTED = 1 << 0 };  // of an operation
enum {
  URING_NOP = 0,
  URING_SEND_MESSAGE = 9,
  URING_RECV_MESSAGE = 10,
  URING_CANCEL = 14,
  URING_WRITE = 23,
  URING_SEND = 26,
  URING_RECV = 27,
  URING_READ_MULTISHOT = 49,  // Linux 6.7
};
enum { URING_FIXED_FILE = 1 << 0, URING_SELECT_BUFFER = 1 << 5, URING_SKIP_SUCCESS = 1 << 6 };  // sqe.flags
enum { URING_POLL_FIRST = 1 << 0, URING_MULTISHOT = 1 << 1 };                                     // sqe.priority
enum { URING_HAS_BUFFER = 1 << 0, URING_MORE = 1 << 1, URING_BUFFER_SHIFT = 16 };                 // cqe.flags

#define URING_SQ_OFFSET 0x0ll
#define URING_SQES_OFFSET 0x10000000ll
#endif
