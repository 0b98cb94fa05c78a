// Where a reply of HTTP/1.1 ends, and its status: RFC 9112, as far as a GET needs it. It keeps one line at most, and no body.
#ifndef RPNET_HTTP_REPLY_H
#define RPNET_HTTP_REPLY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  HTTP_LINE = 8192,           // bytes of a line of the head, or of a chunk's
  HTTP_HEAD = 8 * HTTP_LINE,  // bytes of all lines of a head, or of a trailer
};

typedef enum {
  HTTP_STATUS_LINE,
  HTTP_FIELDS,
  HTTP_BODY,         // `left` bytes
  HTTP_CHUNK_SIZE,
  HTTP_CHUNK,        // `left` bytes
  HTTP_CHUNK_END,
  HTTP_TRAILER,
  HTTP_UNTIL_CLOSE,  // the body ends with the connection
} http_state_t;

typedef enum {
  HTTP_MORE,    // it is not whole yet
  HTTP_WHOLE,
  HTTP_BROKEN,  // this is no reply that can be read
} http_verdict_t;

typedef struct http_reply {
  http_state_t state;
  uint64_t left;
  uint32_t head;      // bytes of the head so far
  uint32_t line;      // bytes of a line so far
  uint16_t status;
  bool minor_zero;    // HTTP/1.0
  bool has_length, chunked, other_coding, close, keep_alive;
  uint8_t text[HTTP_LINE];
} http_reply_t;

// Begins another reply.
void http_begin(http_reply_t *r);
// Reads on in a reply. Returns how many of the `n` bytes are its.
size_t http_read(http_reply_t *r, const uint8_t *data, size_t n, http_verdict_t *verdict);
// The connection has ended. Whether the reply is whole with it.
bool http_ended(const http_reply_t *r);
// Of a whole reply: whether the server ends the connection after it.
bool http_last(const http_reply_t *r);
// Whether anything of it was read.
bool http_begun(const http_reply_t *r);
#endif
