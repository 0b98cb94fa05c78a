// What is said to a server that is not ours, and tells nothing of a request but what it was sent: our datagrams, which it
// sends back, or questions of DNS. What was asked stands here, so that what comes is held against it.
#ifndef RPNET_FOREIGN_H
#define RPNET_FOREIGN_H
#include "engine.h"

// The messages of all questions, one behind another, each with where it ends; request n asks question (first + n) mod count.
typedef struct {
  const uint8_t *messages;
  const uint32_t *ends;
  uint32_t count, first;
} questions_t;

// Without questions, requests are our datagrams. It remembers the last `remembered` requests, a power of two. Returns 0 or −errno.
int foreign_create(engine_t *e, uint32_t remembered, const questions_t *questions);
void foreign_destroy(engine_t *e);
// The first question; NULL where our datagrams are sent.
const uint8_t *foreign_message(const engine_t *e, size_t *length);
// Writes a request of at most e->payload bytes. Returns its length.
size_t foreign_write(engine_t *e, uint8_t *to, int lane, uint64_t sequence, uint8_t phase, uint64_t sent_ns);
// Changes the time of sending, alone.
void foreign_stamp(engine_t *e, uint8_t *request, uint64_t sequence, uint64_t sent_ns);
// As engine_note_reply().
bool foreign_note_reply(engine_t *e, const uint8_t *data, size_t length, uint32_t lane, int at, double received_ns);
#endif
