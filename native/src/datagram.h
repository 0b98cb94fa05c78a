// The datagram: a fixed header, little endian, then padding. No N-API here; the layout is documented in
// docs/datagram.md and tested from both sides.
#ifndef RPNET_DATAGRAM_H
#define RPNET_DATAGRAM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
  DATAGRAM_HEADER = 56,
  DATAGRAM_MAGIC = 0x42505252,  // "RRPB" as little-endian bytes
  DATAGRAM_VERSION = 2,
  DATAGRAM_REQUEST = 0,
  DATAGRAM_REPLY = 1,
  PHASES = 2,  // 0 warm-up, 1 measured
};

#define QUEUED_UNKNOWN UINT32_MAX

// Where a request comes from, as it says itself: one that says so and comes from elsewhere is a copy.
typedef struct {
  uint16_t port;
  uint32_t address;  // the last 32 bits of it, as they stand in memory: the same for IPv4 on a dual stack
} datagram_source_t;

datagram_source_t datagram_source(const struct sockaddr *address);

typedef struct {
  uint8_t kind, phase;
  uint16_t member;
  uint32_t flow, generation;
  uint64_t run_id, sequence;
  uint64_t sent_ns;    // client: before send(), ns since the run's epoch
  uint64_t taken_ns;   // member: after recvmmsg()
  uint32_t queued_ns;  // member: time in the socket's queue before taken_ns, QUEUED_UNKNOWN if not known
  uint32_t served_ns;  // member: time from taken_ns to the echo, saturating
} datagram_t;

void datagram_write_request(uint8_t *to, const datagram_t *d, datagram_source_t source);
// Changes the time of sending, alone.
void datagram_write_sent(uint8_t *to, uint64_t sent_ns);
// Turns a request into its reply in place: only what the member adds is written.
void datagram_write_reply(uint8_t *to, uint16_t member, uint32_t generation, uint64_t taken_ns, uint32_t queued_ns);
void datagram_write_served(uint8_t *to, uint32_t served_ns);
// The flow that a datagram says it is of; UINT32_MAX where it is too short for one.
uint32_t datagram_flow(const uint8_t *from, size_t length);
// False when it is not of this length, or not ours by magic, version, kind, phase or run id.
bool datagram_read_reply(const uint8_t *from, size_t length, size_t payload, uint64_t run_id, datagram_t *d);
// The same of a request, and false where it comes from another source than it says. Of a stream, whose peer the kernel
// vouches for, `source` is NULL.
bool datagram_read_request(const uint8_t *from, size_t length, size_t payload, uint64_t run_id,
                           const struct sockaddr *source, datagram_t *d);
// The phase of one that was read.
uint8_t datagram_phase(const uint8_t *from);
// Whether these bytes, of which more may follow, can be the beginning of a request of this run.
bool datagram_may_begin(const uint8_t *from, size_t length, uint64_t run_id);
// The same of a request of ours that came back: one that says that it comes from `source`.
bool datagram_read_own(const uint8_t *from, size_t length, size_t payload, uint64_t run_id, datagram_source_t source,
                       datagram_t *d);
#endif
