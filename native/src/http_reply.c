#include "http_reply.h"

#include <string.h>

void http_begin(http_reply_t *r) {
  r->state = HTTP_STATUS_LINE;
  r->left = 0;
  r->head = r->line = 0;
  r->status = 0;
  r->minor_zero = r->has_length = r->chunked = r->other_coding = r->close = r->keep_alive = false;
}

bool http_begun(const http_reply_t *r) { return r->head > 0 || r->state != HTTP_STATUS_LINE; }

bool http_ended(const http_reply_t *r) { return r->state == HTTP_UNTIL_CLOSE; }

bool http_last(const http_reply_t *r) {
  return r->state == HTTP_UNTIL_CLOSE || r->close || (r->minor_zero && !r->keep_alive);
}

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static bool is_space(uint8_t c) { return c == ' ' || c == '\t'; }
static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }

static bool same(const uint8_t *text, size_t length, const char *word) {
  if (length != strlen(word)) return false;
  for (size_t i = 0; i < length; i++)
    if (lower(text[i]) != (uint8_t)word[i]) return false;
  return true;
}

// "HTTP/1.x SP 3DIGIT", and what it likes to say of it.
static bool read_status(http_reply_t *r) {
  const uint8_t *t = r->text;
  if (r->line < 12 || memcmp(t, "HTTP/1.", 7) != 0 || !is_digit(t[7]) || t[8] != ' ') return false;
  if (!is_digit(t[9]) || !is_digit(t[10]) || !is_digit(t[11]) || (r->line > 12 && t[12] != ' ')) return false;
  r->minor_zero = t[7] == '0';
  r->status = (uint16_t)((t[9] - '0') * 100 + (t[10] - '0') * 10 + (t[11] - '0'));
  // What follows a 101 is no HTTP.
  return r->status >= 100 && r->status < 600 && r->status != 101;
}

// Digits and nothing else. False where it is none, or too much.
static bool read_length(const uint8_t *value, size_t length, uint64_t *to) {
  uint64_t n = 0;
  if (length == 0 || length > 18) return false;
  for (size_t i = 0; i < length; i++) {
    if (!is_digit(value[i])) return false;
    n = n * 10 + (uint64_t)(value[i] - '0');
  }
  *to = n;
  return true;
}

// Goes through a list of words with commas between them.
static void each_word(http_reply_t *r, const uint8_t *value, size_t length, void (*take)(http_reply_t *, const uint8_t *, size_t)) {
  for (size_t from = 0, to; from < length; from = to + 1) {
    for (to = from; to < length && value[to] != ',';) to++;
    size_t begin = from, end = to;
    while (begin < end && is_space(value[begin])) begin++;
    while (end > begin && is_space(value[end - 1])) end--;
    if (end > begin) take(r, value + begin, end - begin);
  }
}

static void take_connection(http_reply_t *r, const uint8_t *word, size_t length) {
  if (same(word, length, "close")) r->close = true;
  if (same(word, length, "keep-alive")) r->keep_alive = true;
}

// The last coding decides: where that is not chunked, the body ends with the connection.
static void take_coding(http_reply_t *r, const uint8_t *word, size_t length) {
  r->chunked = same(word, length, "chunked");
  r->other_coding = !r->chunked;
}

static bool read_field(http_reply_t *r) {
  const uint8_t *t = r->text;
  size_t name = 0;
  while (name < r->line && t[name] != ':') name++;
  if (name == 0 || name == r->line) return false;
  size_t from = name + 1, to = r->line;
  while (from < to && is_space(t[from])) from++;
  while (to > from && is_space(t[to - 1])) to--;
  const uint8_t *value = t + from;
  size_t length = to - from;
  if (same(t, name, "content-length")) {
    uint64_t n;
    if (!read_length(value, length, &n) || (r->has_length && n != r->left)) return false;
    r->has_length = true;
    r->left = n;
  } else if (same(t, name, "transfer-encoding")) {
    each_word(r, value, length, take_coding);
  } else if (same(t, name, "connection")) {
    each_word(r, value, length, take_connection);
  }
  return true;
}

// The head is over: how the body ends (RFC 9112, 6.3).
static http_verdict_t begin_body(http_reply_t *r) {
  if (r->status < 200) {
    // A note on the way; the reply is still to come.
    http_begin(r);
    return HTTP_MORE;
  }
  if (r->status == 204 || r->status == 304) return HTTP_WHOLE;
  r->head = 0;
  if (r->chunked) r->state = HTTP_CHUNK_SIZE;
  else if (r->other_coding || !r->has_length) r->state = HTTP_UNTIL_CLOSE;
  else if (r->left == 0) return HTTP_WHOLE;
  else r->state = HTTP_BODY;
  return HTTP_MORE;
}

// "HEX", and extensions of which nothing is known here.
static bool read_chunk_size(http_reply_t *r) {
  uint64_t n = 0;
  uint32_t i = 0;
  for (; i < r->line; i++) {
    uint8_t c = lower(r->text[i]);
    if (!is_digit(c) && (c < 'a' || c > 'f')) break;
    if (i == 15) return false;
    n = n * 16 + (uint64_t)(is_digit(c) ? c - '0' : c - 'a' + 10);
  }
  if (i == 0 || (i < r->line && r->text[i] != ';' && !is_space(r->text[i]))) return false;
  r->left = n;
  r->head = 0;
  r->state = n > 0 ? HTTP_CHUNK : HTTP_TRAILER;
  return true;
}

// A line is whole.
static http_verdict_t read_line(http_reply_t *r) {
  bool good = true;
  http_verdict_t verdict = HTTP_MORE;
  switch (r->state) {
    case HTTP_STATUS_LINE:
      good = read_status(r);
      r->state = HTTP_FIELDS;
      break;
    case HTTP_FIELDS:
      if (r->line > 0) good = read_field(r);
      else verdict = begin_body(r);
      break;
    case HTTP_CHUNK_SIZE:
      good = read_chunk_size(r);
      break;
    case HTTP_CHUNK_END:
      good = r->line == 0;
      r->state = HTTP_CHUNK_SIZE;
      break;
    default:
      if (r->line == 0) verdict = HTTP_WHOLE;
  }
  r->line = 0;
  return good ? verdict : HTTP_BROKEN;
}

// Takes the bytes of a line.
static size_t take_line(http_reply_t *r, const uint8_t *data, size_t n, http_verdict_t *verdict) {
  const uint8_t *end = memchr(data, '\n', n);
  size_t some = end ? (size_t)(end - data) + 1 : n;
  if (some > HTTP_LINE - r->line || r->head + some > HTTP_HEAD) {
    *verdict = HTTP_BROKEN;
    return 0;
  }
  memcpy(r->text + r->line, data, some);
  r->line += (uint32_t)some;
  r->head += (uint32_t)some;
  if (!end) return some;
  r->line--;
  if (r->line > 0 && r->text[r->line - 1] == '\r') r->line--;
  *verdict = read_line(r);
  return some;
}

size_t http_read(http_reply_t *r, const uint8_t *data, size_t n, http_verdict_t *verdict) {
  size_t used = 0;
  for (*verdict = HTTP_MORE; used < n && *verdict == HTTP_MORE;) {
    size_t rest = n - used, some = rest < r->left ? rest : (size_t)r->left;
    switch (r->state) {
      case HTTP_UNTIL_CLOSE:
        used = n;
        break;
      case HTTP_BODY:
      case HTTP_CHUNK:
        r->left -= some;
        used += some;
        if (r->left > 0) break;
        if (r->state == HTTP_BODY) *verdict = HTTP_WHOLE;
        else r->state = HTTP_CHUNK_END, r->head = 0;
        break;
      default:
        used += take_line(r, data + used, rest, verdict);
    }
  }
  return used;
}
