// The N-API face of the addon. Functions take numbers and buffers that TypeScript has validated, make the
// system calls, and return a count, a descriptor or −errno. State lives in the objects handed out (released by
// their finalizers, also when a worker is terminated); there is no global.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <node_api.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bpf.h"
#include "clock.h"
#include "engine.h"
#include "front.h"
#include "member.h"
#include "uring.h"

enum { MAX_ARGUMENTS = 14 };

typedef struct {
  napi_env env;
  size_t count;
  napi_value at[MAX_ARGUMENTS];
} arguments_t;

static arguments_t arguments(napi_env env, napi_callback_info info) {
  arguments_t a = {.env = env, .count = MAX_ARGUMENTS};
  napi_get_cb_info(env, info, &a.count, a.at, NULL, NULL);
  return a;
}

static int32_t get_int(const arguments_t *a, size_t i) {
  int32_t v = 0;
  napi_get_value_int32(a->env, a->at[i], &v);
  return v;
}

static double get_double(const arguments_t *a, size_t i) {
  double v = 0;
  napi_get_value_double(a->env, a->at[i], &v);
  return v;
}

static uint64_t get_uint64(const arguments_t *a, size_t i) {
  uint64_t v = 0;
  bool lossless;
  napi_get_value_bigint_uint64(a->env, a->at[i], &v, &lossless);
  return v;
}

static void *get_pointer(const arguments_t *a, size_t i) {
  void *p = NULL;
  napi_get_value_external(a->env, a->at[i], &p);
  return p;
}

// The bytes of an ArrayBuffer or of a typed array; NULL and 0 for anything else.
static void *get_bytes(const arguments_t *a, size_t i, size_t *bytes) {
  void *data = NULL;
  bool is;
  *bytes = 0;
  if (napi_is_arraybuffer(a->env, a->at[i], &is) == napi_ok && is) {
    napi_get_arraybuffer_info(a->env, a->at[i], &data, bytes);
  } else if (napi_is_typedarray(a->env, a->at[i], &is) == napi_ok && is) {
    napi_typedarray_type type;
    size_t length;
    static const size_t width[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
    napi_get_typedarray_info(a->env, a->at[i], &type, &length, &data, NULL, NULL);
    *bytes = length * width[type];
  }
  return data;
}

// A numeric address of the family that its text has. Returns its length, 0 if it is neither.
static socklen_t get_address(const arguments_t *a, size_t i, uint16_t port, struct sockaddr_storage *to) {
  char text[INET6_ADDRSTRLEN] = "";
  napi_get_value_string_utf8(a->env, a->at[i], text, sizeof text, NULL);
  memset(to, 0, sizeof *to);
  struct sockaddr_in *v4 = (struct sockaddr_in *)to;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return sizeof *v6;
  }
  return 0;
}

static napi_value number(napi_env env, double v) {
  napi_value value;
  napi_create_double(env, v, &value);
  return value;
}

static napi_value result(napi_env env, int status) { return number(env, status < 0 ? -errno : status); }

// ---- sockets and memory ----

static napi_value open_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return result(env, socket(get_int(&a, 0), get_int(&a, 1) | SOCK_CLOEXEC, 0));
}

static napi_value set_option(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int value = get_int(&a, 3);
  return result(env, setsockopt(get_int(&a, 0), get_int(&a, 1), get_int(&a, 2), &value, sizeof value));
}

static napi_value get_option(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int value = 0;
  socklen_t length = sizeof value;
  int status = getsockopt(get_int(&a, 0), get_int(&a, 1), get_int(&a, 2), &value, &length);
  return result(env, status < 0 ? status : value);
}

static napi_value bind_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  struct sockaddr_storage address;
  socklen_t length = get_address(&a, 1, (uint16_t)get_int(&a, 2), &address);
  if (!length) return number(env, -EINVAL);
  return result(env, bind(get_int(&a, 0), (struct sockaddr *)&address, length));
}

static napi_value connect_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  struct sockaddr_storage address;
  socklen_t length = get_address(&a, 1, (uint16_t)get_int(&a, 2), &address);
  if (!length) return number(env, -EINVAL);
  return result(env, connect(get_int(&a, 0), (struct sockaddr *)&address, length));
}

// send(fd, data, address, port): number of bytes | −errno
static napi_value send_datagram(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  const void *data = get_bytes(&a, 1, &bytes);
  struct sockaddr_storage address;
  socklen_t length = get_address(&a, 2, (uint16_t)get_int(&a, 3), &address);
  if (!data || !length) return number(env, -EINVAL);
  return result(env, (int)sendto(get_int(&a, 0), data, bytes, 0, (struct sockaddr *)&address, length));
}

// socketPair(type, to): 0 | −errno; the descriptors of both ends, which are Unix sockets, are written to `to` (i32)
static napi_value open_pair(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  int *ends = get_bytes(&a, 1, &bytes);
  if (!ends || bytes < 2 * sizeof *ends) return number(env, -EINVAL);
  return result(env, socketpair(AF_UNIX, get_int(&a, 0) | SOCK_CLOEXEC, 0, ends));
}

// receive(fd, data): number of bytes | −errno, −EAGAIN at once when nothing is there
static napi_value receive_datagram(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  void *data = get_bytes(&a, 1, &bytes);
  if (!data) return number(env, -EINVAL);
  return result(env, (int)recv(get_int(&a, 0), data, bytes, MSG_DONTWAIT));
}

static napi_value local_port(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(get_int(&a, 0), (struct sockaddr *)&address, &length)) return number(env, -errno);
  return number(env, ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                         : ((struct sockaddr_in *)&address)->sin_port));
}

static napi_value close_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return result(env, close(get_int(&a, 0)));
}

static napi_value memory_file(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int fd = memfd_create("rpbench", MFD_CLOEXEC);
  if (fd < 0) return number(env, -errno);
  if (ftruncate(fd, (off_t)get_double(&a, 0))) {
    int error = errno;
    close(fd);
    return number(env, -error);
  }
  return number(env, fd);
}

typedef struct {
  void *data;
  size_t bytes;
} mapping_t;

static void unmap(napi_env env, void *data, void *hint) {
  mapping_t *m = hint;
  munmap(m->data, m->bytes);
  free(m);
}

static napi_value map_memory(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  mapping_t *m = malloc(sizeof *m);
  if (!m) return number(env, -ENOMEM);
  m->bytes = (size_t)get_double(&a, 1);
  m->data = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, get_int(&a, 0), 0);
  if (m->data == MAP_FAILED) {
    free(m);
    return number(env, -errno);
  }
  napi_value buffer;
  if (napi_create_external_arraybuffer(env, m->data, m->bytes, unmap, m, &buffer) != napi_ok) {
    unmap(env, NULL, m);
    return number(env, -ENOMEM);
  }
  return buffer;
}

// A member lives as long as its parent, and no longer; a Ctrl-C at their terminal is the parent's to handle.
static napi_value follow_parent(napi_env env, napi_callback_info info) {
  signal(SIGINT, SIG_IGN);
  return result(env, prctl(PR_SET_PDEATHSIG, SIGKILL));
}

// Timers of a thread fire up to 50 µs late by default, which is more than the gap between requests at 20k/s.
static napi_value sharp_timers(napi_env env, napi_callback_info info) {
  return result(env, prctl(PR_SET_TIMERSLACK, 1L));
}

// pinThread(cpu): 0 | −errno, EINVAL for a CPU that this process may not use
static napi_value pin_thread(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int cpu = get_int(&a, 0);
  if (cpu < 0 || cpu >= CPU_SETSIZE) return number(env, -EINVAL);
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  return result(env, sched_setaffinity(0, sizeof only, &only));
}

static napi_value thread_cpu_ns(napi_env env, napi_callback_info info) {
  return number(env, (double)clock_ns(CLOCK_THREAD_CPUTIME_ID));
}

// ---- BPF ----

// bpfCreateMap(type, keyBytes, valueBytes, entries): descriptor | −errno
static napi_value map_create(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return number(env, bpf_create_map((uint32_t)get_int(&a, 0), (uint32_t)get_int(&a, 1), (uint32_t)get_int(&a, 2),
                                    (uint32_t)get_int(&a, 3)));
}

// (map, keys, values, count, …): false unless both arrays hold `count` entries of the same size.
static bool get_entries(const arguments_t *a, bpf_entries_t *e) {
  size_t key_bytes, value_bytes;
  e->map = get_int(a, 0);
  e->keys = get_bytes(a, 1, &key_bytes);
  e->values = get_bytes(a, 2, &value_bytes);
  e->count = (size_t)get_int(a, 3);
  if (!e->keys || !e->values || !e->count || key_bytes % e->count || value_bytes % e->count) return false;
  e->key_bytes = key_bytes / e->count;
  e->value_bytes = value_bytes / e->count;
  return true;
}

static napi_value map_update(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  bpf_entries_t entries;
  return number(env, get_entries(&a, &entries) ? bpf_update(&entries) : -EINVAL);
}

// bpfLookup(map, keys, values, count, found): number of entries that are there | −errno
static napi_value map_lookup(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  bpf_entries_t entries;
  size_t flags;
  uint8_t *found = get_bytes(&a, 4, &flags);
  bool good = get_entries(&a, &entries) && found && flags >= entries.count;
  return number(env, good ? bpf_lookup(&entries, found) : -EINVAL);
}

static napi_value map_delete(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  const void *key = get_bytes(&a, 1, &bytes);
  return number(env, key ? bpf_delete(get_int(&a, 0), key) : -EINVAL);
}

// bpfLoad(type, instructions, log): descriptor | −errno
static napi_value program_load(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes, log_bytes;
  const void *instructions = get_bytes(&a, 1, &bytes);
  char *log = get_bytes(&a, 2, &log_bytes);
  if (!instructions || !log || !log_bytes) return number(env, -EINVAL);
  return number(env, bpf_load((uint32_t)get_int(&a, 0), instructions, bytes / 8, log, log_bytes));
}

// attachClassic(fd, instructions): 0 | −errno
static napi_value attach_classic(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  const void *instructions = get_bytes(&a, 1, &bytes);
  return number(env, instructions ? bpf_attach_classic(get_int(&a, 0), instructions, bytes / 8) : -EINVAL);
}

// ---- member ----

typedef struct {
  member_t member;
  napi_ref counters;  // keeps the shared memory mapped as long as the member counts into it
} member_box_t;

static void member_release(napi_env env, void *data, void *hint) {
  member_box_t *box = data;
  member_close(&box->member);
  if (box->counters) napi_delete_reference(env, box->counters);
  free(box);
}

// memberOpen(fd, index, generation, runId, epochNs, payload, memory, offset, serviceKind, serviceMeanNs,
// tableOffset, tableLength, replyFd): External | −errno
static napi_value member_new(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes, offset = (size_t)get_double(&a, 7), table = (size_t)get_double(&a, 10);
  uint32_t length = (uint32_t)get_double(&a, 11);
  uint8_t *memory = get_bytes(&a, 6, &bytes);
  if (!memory || offset + MEMBER_BLOCK_BYTES > bytes || table + length * sizeof(double) > bytes)
    return number(env, -EINVAL);
  member_box_t *box = calloc(1, sizeof *box);
  if (!box) return number(env, -ENOMEM);
  member_t *m = &box->member;
  m->fd = get_int(&a, 0);
  m->reply_fd = get_int(&a, 12);
  m->index = (uint16_t)get_int(&a, 1);
  m->generation = (uint32_t)get_int(&a, 2);
  m->run_id = get_uint64(&a, 3);
  m->epoch_ns = get_uint64(&a, 4);
  m->payload = (size_t)get_int(&a, 5);
  m->counters = (member_counters_t *)(memory + offset);
  m->service = (service_t){.kind = length ? get_int(&a, 8) : SERVICE_NONE,
                           .mean_ns = get_double(&a, 9),
                           .table = (const double *)(const void *)(memory + table),
                           .length = length};
  // Members draw from the same table: each from a place of its own.
  if (length) m->service.next = m->index * 7919u % length;
  int status = member_open(m);
  napi_value external;
  if (status == 0 && napi_create_reference(env, a.at[6], 1, &box->counters) == napi_ok &&
      napi_create_external(env, box, member_release, NULL, &external) == napi_ok)
    return external;
  member_release(env, box, NULL);
  return number(env, status ? status : -ENOMEM);
}

// memberStep(member, maxNs): 1 go on, 0 stopped, −errno
static napi_value member_serve(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  member_box_t *box = get_pointer(&a, 0);
  return number(env, box ? member_step(&box->member, (uint64_t)get_double(&a, 1)) : -EINVAL);
}

// ---- front ----

typedef struct {
  front_t front;
  napi_ref counters;  // as a member's
} front_box_t;

static void front_release(napi_env env, void *data, void *hint) {
  front_box_t *box = data;
  front_close(&box->front);
  if (box->counters) napi_delete_reference(env, box->counters);
  free(box);
}

// frontOpen(fd, memberFds, runId, payload, memory, offset): External | −errno; the blocks of the members, one each, are
// the first of the memory
static napi_value front_new(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes, fd_bytes, offset = (size_t)get_double(&a, 5);
  const int *fds = get_bytes(&a, 1, &fd_bytes);
  uint8_t *memory = get_bytes(&a, 4, &bytes);
  size_t members = fd_bytes / sizeof *fds;
  if (!fds || !members || !memory || offset + MEMBER_BLOCK_BYTES > bytes || offset < members * MEMBER_BLOCK_BYTES)
    return number(env, -EINVAL);
  front_box_t *box = calloc(1, sizeof *box);
  if (!box) return number(env, -ENOMEM);
  front_t *f = &box->front;
  f->fd = get_int(&a, 0);
  f->members = (uint32_t)members;
  f->run_id = get_uint64(&a, 2);
  f->payload = (size_t)get_int(&a, 3);
  f->counters = (member_counters_t *)(memory + offset);
  f->member_counters = (member_counters_t *)memory;
  f->member_fds = malloc(fd_bytes);
  if (f->member_fds) memcpy(f->member_fds, fds, fd_bytes);
  int status = f->member_fds ? front_open(f) : -ENOMEM;
  napi_value external;
  if (status == 0 && napi_create_reference(env, a.at[4], 1, &box->counters) == napi_ok &&
      napi_create_external(env, box, front_release, NULL, &external) == napi_ok)
    return external;
  front_release(env, box, NULL);
  return number(env, status ? status : -ENOMEM);
}

// frontStep(front, maxNs): 1 go on, 0 stopped, −errno
static napi_value front_serve(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  front_box_t *box = get_pointer(&a, 0);
  return number(env, box ? front_step(&box->front, (uint64_t)get_double(&a, 1)) : -EINVAL);
}

// ---- engine ----

typedef struct {
  engine_t engine;
  napi_ref exchange;  // keeps the caller's memory alive as long as the engine writes to it
} engine_box_t;

static void engine_release(napi_env env, void *data, void *hint) {
  engine_box_t *box = data;
  engine_destroy(&box->engine);
  if (box->exchange) napi_delete_reference(env, box->exchange);
  free(box);
}

enum { ENGINE_EPOLL = 0, ENGINE_URING = 1 };

// engineOpen(kind, capacity, payload, runId, epochNs, address, port, exchange): External | −errno
static napi_value engine_new(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  exchange_t *exchange = get_bytes(&a, 7, &bytes);
  if (!exchange || bytes < sizeof *exchange) return number(env, -EINVAL);
  engine_box_t *box = calloc(1, sizeof *box);
  if (!box) return number(env, -ENOMEM);
  engine_t *e = &box->engine;
  e->poller = get_int(&a, 0) == ENGINE_URING ? &uring_poller : &epoll_poller;
  e->capacity = get_int(&a, 1);
  e->payload = (size_t)get_int(&a, 2);
  e->run_id = get_uint64(&a, 3);
  e->epoch_ns = get_uint64(&a, 4);
  e->server_length = get_address(&a, 5, (uint16_t)get_int(&a, 6), &e->server);
  e->exchange = exchange;
  int status = e->server_length ? engine_create(e) : -EINVAL;
  napi_value external;
  if (status == 0 && napi_create_reference(env, a.at[7], 1, &box->exchange) == napi_ok &&
      napi_create_external(env, box, engine_release, NULL, &external) == napi_ok)
    return external;
  engine_release(env, box, NULL);
  return number(env, status ? status : -ENOMEM);
}

// uringProbe(files): 0 where an engine over io_uring with so many flows can be had | −errno
static napi_value uring_probe(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  uring_t ring;
  uring_options_t options = {.files = (uint32_t)get_int(&a, 0), .submissions = 1, .completions = 2, .buffers = 1, .buffer_bytes = 64};
  int status = uring_open(&ring, &options);
  uring_close(&ring);
  return number(env, status);
}

static engine_t *get_engine(const arguments_t *a) {
  engine_box_t *box = get_pointer(a, 0);
  return box ? &box->engine : NULL;
}

// engineOpenFlow(engine, slot, address, port): 0 | −(errno + 4096 × step)
static napi_value engine_flow(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  struct sockaddr_storage source;
  socklen_t length = get_address(&a, 2, (uint16_t)get_int(&a, 3), &source);
  engine_t *e = get_engine(&a);
  int slot = get_int(&a, 1);
  if (!e || !length || slot < 0 || slot >= e->capacity) return number(env, -EINVAL);
  return number(env, engine_open(e, slot, (struct sockaddr *)&source, length));
}

// engineWave(engine, firstFlow): closes what is open; slot 0 is this flow from now on
static napi_value engine_wave(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  if (!e) return number(env, -EINVAL);
  engine_close(e);
  e->first_flow = (uint32_t)get_int(&a, 1);
  return number(env, 0);
}

// engineSend(engine, count, phase)
static napi_value engine_request(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  int count = get_int(&a, 1);
  if (!e || count > ENGINE_BATCH) return number(env, -EINVAL);
  engine_send(e, count, (uint8_t)get_int(&a, 2));
  return number(env, count);
}

// engineReceive(engine, timeoutNs, againSequence | −1, phase): number of events
static napi_value engine_replies(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  double sequence = get_double(&a, 2);
  again_t again = {.sequence = sequence < 0 ? 0 : (uint64_t)sequence, .phase = (uint8_t)get_int(&a, 3)};
  return number(env, e ? engine_receive(e, (int64_t)get_double(&a, 1), sequence < 0 ? NULL : &again) : -EINVAL);
}

static napi_value engine_dropped(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  return number(env, e ? engine_drops(e) : -EINVAL);
}

static napi_value engine_sweep_all(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  return number(env, e ? engine_sweep(e) : -EINVAL);
}

static napi_value init(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
#define FUNCTION(name, f) {name, NULL, f, NULL, NULL, NULL, napi_enumerable, NULL}
      FUNCTION("socket", open_socket),
      FUNCTION("setOption", set_option),
      FUNCTION("getOption", get_option),
      FUNCTION("bind", bind_socket),
      FUNCTION("connect", connect_socket),
      FUNCTION("send", send_datagram),
      FUNCTION("socketPair", open_pair),
      FUNCTION("receive", receive_datagram),
      FUNCTION("localPort", local_port),
      FUNCTION("close", close_socket),
      FUNCTION("memoryFile", memory_file),
      FUNCTION("mapMemory", map_memory),
      FUNCTION("followParent", follow_parent),
      FUNCTION("sharpTimers", sharp_timers),
      FUNCTION("pinThread", pin_thread),
      FUNCTION("threadCpuNs", thread_cpu_ns),
      FUNCTION("bpfCreateMap", map_create),
      FUNCTION("bpfUpdate", map_update),
      FUNCTION("bpfLookup", map_lookup),
      FUNCTION("bpfDelete", map_delete),
      FUNCTION("bpfLoad", program_load),
      FUNCTION("attachClassic", attach_classic),
      FUNCTION("memberOpen", member_new),
      FUNCTION("memberStep", member_serve),
      FUNCTION("uringProbe", uring_probe),
      FUNCTION("frontOpen", front_new),
      FUNCTION("frontStep", front_serve),
      FUNCTION("engineOpen", engine_new),
      FUNCTION("engineOpenFlow", engine_flow),
      FUNCTION("engineWave", engine_wave),
      FUNCTION("engineSend", engine_request),
      FUNCTION("engineReceive", engine_replies),
      FUNCTION("engineDrops", engine_dropped),
      FUNCTION("engineSweep", engine_sweep_all),
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)
