#include "datagram.h"

#include <arpa/inet.h>
#include <endian.h>
#include <string.h>

enum {
  AT_MAGIC = 0,
  AT_VERSION = 4,
  AT_KIND_PHASE = 5,  // kind in bit 0, phase in bit 1
  AT_MEMBER = 6,  // in a request, the port that it comes from
  AT_RUN_ID = 8,
  AT_FLOW = 16,
  AT_GENERATION = 20,  // in a request, the address that it comes from
  AT_SEQUENCE = 24,
  AT_SENT = 32,
  AT_TAKEN = 40,
  AT_QUEUED = 48,
  AT_SERVED = 52,
};

static void put16(uint8_t *to, uint16_t v) {
  v = htole16(v);
  memcpy(to, &v, sizeof v);
}

static void put32(uint8_t *to, uint32_t v) {
  v = htole32(v);
  memcpy(to, &v, sizeof v);
}

static void put64(uint8_t *to, uint64_t v) {
  v = htole64(v);
  memcpy(to, &v, sizeof v);
}

static uint16_t get16(const uint8_t *from) {
  uint16_t v;
  memcpy(&v, from, sizeof v);
  return le16toh(v);
}

static uint32_t get32(const uint8_t *from) {
  uint32_t v;
  memcpy(&v, from, sizeof v);
  return le32toh(v);
}

static uint64_t get64(const uint8_t *from) {
  uint64_t v;
  memcpy(&v, from, sizeof v);
  return le64toh(v);
}

datagram_source_t datagram_source(const struct sockaddr *address) {
  datagram_source_t source;
  if (address->sa_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
    source.port = ntohs(v6->sin6_port);
    memcpy(&source.address, v6->sin6_addr.s6_addr + 12, sizeof source.address);
  } else {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
    source.port = ntohs(v4->sin_port);
    source.address = v4->sin_addr.s_addr;
  }
  return source;
}

void datagram_write_request(uint8_t *to, const datagram_t *d, datagram_source_t source) {
  put32(to + AT_MAGIC, DATAGRAM_MAGIC);
  to[AT_VERSION] = DATAGRAM_VERSION;
  to[AT_KIND_PHASE] = (uint8_t)(DATAGRAM_REQUEST | d->phase << 1);
  put16(to + AT_MEMBER, source.port);
  put64(to + AT_RUN_ID, d->run_id);
  put32(to + AT_FLOW, d->flow);
  memcpy(to + AT_GENERATION, &source.address, sizeof source.address);
  put64(to + AT_SEQUENCE, d->sequence);
  put64(to + AT_SENT, d->sent_ns);
  memset(to + AT_TAKEN, 0, DATAGRAM_HEADER - AT_TAKEN);
}

void datagram_write_sent(uint8_t *to, uint64_t sent_ns) { put64(to + AT_SENT, sent_ns); }

void datagram_write_reply(uint8_t *to, uint16_t member, uint32_t generation, uint64_t taken_ns, uint32_t queued_ns) {
  to[AT_KIND_PHASE] |= DATAGRAM_REPLY;
  put16(to + AT_MEMBER, member);
  put32(to + AT_GENERATION, generation);
  put64(to + AT_TAKEN, taken_ns);
  put32(to + AT_QUEUED, queued_ns);
}

void datagram_write_served(uint8_t *to, uint32_t served_ns) { put32(to + AT_SERVED, served_ns); }

static bool read_header(const uint8_t *from, size_t length, size_t payload, uint8_t kind, uint64_t run_id, datagram_t *d) {
  if (length != payload || length < DATAGRAM_HEADER || get32(from + AT_MAGIC) != DATAGRAM_MAGIC ||
      from[AT_VERSION] != DATAGRAM_VERSION)
    return false;
  uint8_t bits = from[AT_KIND_PHASE];
  d->kind = bits & 1;
  d->phase = bits >> 1;
  d->run_id = get64(from + AT_RUN_ID);
  if (d->kind != kind || d->phase >= PHASES || d->run_id != run_id) return false;
  d->member = get16(from + AT_MEMBER);
  d->flow = get32(from + AT_FLOW);
  d->generation = get32(from + AT_GENERATION);
  d->sequence = get64(from + AT_SEQUENCE);
  d->sent_ns = get64(from + AT_SENT);
  d->taken_ns = get64(from + AT_TAKEN);
  d->queued_ns = get32(from + AT_QUEUED);
  d->served_ns = get32(from + AT_SERVED);
  return true;
}

uint32_t datagram_flow(const uint8_t *from, size_t length) { return length < DATAGRAM_HEADER ? UINT32_MAX : get32(from + AT_FLOW); }

bool datagram_read_reply(const uint8_t *from, size_t length, size_t payload, uint64_t run_id, datagram_t *d) {
  return read_header(from, length, payload, DATAGRAM_REPLY, run_id, d);
}

static bool says(const uint8_t *from, datagram_source_t source) {
  return source.port == get16(from + AT_MEMBER) && memcmp(&source.address, from + AT_GENERATION, sizeof source.address) == 0;
}

bool datagram_read_request(const uint8_t *from, size_t length, size_t payload, uint64_t run_id,
                           const struct sockaddr *source, datagram_t *d) {
  return read_header(from, length, payload, DATAGRAM_REQUEST, run_id, d) && (!source || says(from, datagram_source(source)));
}

bool datagram_read_own(const uint8_t *from, size_t length, size_t payload, uint64_t run_id, datagram_source_t source,
                       datagram_t *d) {
  return read_header(from, length, payload, DATAGRAM_REQUEST, run_id, d) && says(from, source);
}

uint8_t datagram_phase(const uint8_t *from) { return from[AT_KIND_PHASE] >> 1 & 1; }

bool datagram_may_begin(const uint8_t *from, size_t length, uint64_t run_id) {
  uint8_t begins[AT_FLOW];
  put32(begins + AT_MAGIC, DATAGRAM_MAGIC);
  begins[AT_VERSION] = DATAGRAM_VERSION;
  put64(begins + AT_RUN_ID, run_id);
  // What differs from request to request stands between the version and the run id.
  size_t fixed = length < AT_KIND_PHASE ? length : AT_KIND_PHASE;
  if (memcmp(from, begins, fixed)) return false;
  if (length <= AT_RUN_ID) return true;
  size_t of_run = length < AT_FLOW ? length - AT_RUN_ID : AT_FLOW - AT_RUN_ID;
  return memcmp(from + AT_RUN_ID, begins + AT_RUN_ID, of_run) == 0;
}
