/*
 * Finds the secret of a kernel's UDP hash by trying all 2^32, from where flows landed, and then says how many of all flows
 * lie where that secret puts them. Written after net/ipv4/udp.c, include/net/inet_sock.h and Jenkins' lookup3 (public
 * domain), without the tool's own code.
 *
 * Standard input: members, local address and port, then a line a flow: address, port, member. Addresses as a.b.c.d.
 * Standard output: secrets that fit the first flows, and flows that lie where the last of these says.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 2
#define MOST_FLOWS 1000000
#define SEARCHED 64

struct flow {
  uint32_t address, ports, member;
};

static struct flow flows[MOST_FLOWS];
static int count;
static uint32_t members, local;
static uint32_t fits[THREADS], last[THREADS];

static inline uint32_t rol(uint32_t x, int k) { return (x << k) | (x >> (32 - k)); }

static inline uint32_t place(const struct flow *f, uint32_t secret) {
  uint32_t start = secret + 0xdeadbeef + 12;
  uint32_t a = local + start, b = f->address + start, c = f->ports + start;
  c ^= b; c -= rol(b, 14);
  a ^= c; a -= rol(c, 11);
  b ^= a; b -= rol(a, 25);
  c ^= b; c -= rol(b, 16);
  a ^= c; a -= rol(c, 4);
  b ^= a; b -= rol(a, 14);
  c ^= b; c -= rol(b, 24);
  return (uint64_t)c * members >> 32;
}

static void *search(void *of) {
  long part = (long)of;
  uint64_t all = 1ULL << 32;
  int searched = count < SEARCHED ? count : SEARCHED;
  for (uint64_t s = all * part / THREADS; s < all * (part + 1) / THREADS; s++) {
    int i = 0;
    while (i < searched && place(&flows[i], (uint32_t)s) == flows[i].member) i++;
    if (i < searched) continue;
    fits[part]++;
    last[part] = (uint32_t)s;
  }
  return NULL;
}

static uint32_t address_of(const char *text) {
  struct in_addr in;
  if (inet_pton(AF_INET, text, &in) != 1) exit(2);
  return in.s_addr;
}

int main(void) {
  char text[32];
  unsigned port, remote, member;
  if (scanf("%u %31s %u", &members, text, &port) != 3) return 2;
  local = address_of(text);
  while (count < MOST_FLOWS && scanf("%31s %u %u", text, &remote, &member) == 3)
    flows[count++] = (struct flow){address_of(text), (uint32_t)port << 16 | htons((uint16_t)remote), member};
  pthread_t threads[THREADS];
  for (long t = 0; t < THREADS; t++)
    if (pthread_create(&threads[t], NULL, search, (void *)t)) return 2;
  uint32_t found = 0, secret = 0;
  for (long t = 0; t < THREADS; t++) {
    pthread_join(threads[t], NULL);
    found += fits[t];
    if (fits[t]) secret = last[t];
  }
  int right = 0;
  for (int i = 0; found && i < count; i++) right += place(&flows[i], secret) == flows[i].member;
  printf("%u %d\n", found, right);
  return 0;
}
