/** Source: JHASH_INITVAL, include/linux/jhash.h. */
const INITIAL_VALUE = 0xdeadbeef

/** lookup3 adds the key's length in bytes; older kernels left it out, see `jhash3Words`. */
const THREE_WORDS_IN_BYTES = 12

/**
 * Bob Jenkins' lookup3 over exactly three 32-bit words, unsigned.
 * Source: lookup3.c, `hashword` (public domain, 2006); `jhash_3words`, include/linux/jhash.h, as Linux 6.18 behaves.
 * Earlier kernels had a form that left the length out, so this is not their hash bit for bit.
 *
 * @returns u32
 */
export function jhash3Words(first: number, second: number, third: number, initval: number): number {
  const seed = initval + INITIAL_VALUE + THREE_WORDS_IN_BYTES
  let a = (first + seed) | 0
  let b = (second + seed) | 0
  let c = (third + seed) | 0
  // lookup3's final mix: seven rounds, each folds one rotated word into the next.
  c = ((c ^ b) - rotateLeft(b, 14)) | 0
  a = ((a ^ c) - rotateLeft(c, 11)) | 0
  b = ((b ^ a) - rotateLeft(a, 25)) | 0
  c = ((c ^ b) - rotateLeft(b, 16)) | 0
  a = ((a ^ c) - rotateLeft(c, 4)) | 0
  b = ((b ^ a) - rotateLeft(a, 14)) | 0
  c = ((c ^ b) - rotateLeft(b, 24)) | 0
  return c >>> 0
}

/** A UDP/IPv4 flow as the receiving kernel sees it: local is the group's side, foreign the sender's. */
export interface UdpFlow {
  /** u32 with the first octet on top (127.0.0.1 = 0x7f000001); 0 for a group bound to the wildcard address */
  localAddress: number
  localPort: number
  foreignAddress: number
  foreignPort: number
}

/**
 * The hash that a reuseport group of UDP/IPv4 sockets is indexed by, as a little-endian kernel computes it.
 * The words go in as they lie in memory: both addresses and the foreign port in network order, the local port
 * in host order; hence three of the four are byte-swapped here.
 * Source: `udp_ehashfn` and `lookup_reuseport`, net/ipv4/udp.c, `__inet_ehashfn`, include/net/inet_sock.h (Linux 5);
 * checked against the placement of real datagrams on Linux 6.18 (test/unit/kernel-hash.test.ts). Linux 3.9 called
 * `inet_ehashfn`, with a secret of its own, and swapped the foreign port once more.
 *
 * @param secret u32: `udp_ehash_secret` (drawn once per boot) + `net_hash_mix` (once per network namespace)
 * @returns u32
 */
export function udpFlowHash(flow: UdpFlow, secret: number): number {
  const ports = ((flow.localPort << 16) | swap16(flow.foreignPort)) >>> 0
  return jhash3Words(swap32(flow.localAddress), swap32(flow.foreignAddress), ports, secret)
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function swap16(port: number): number {
  return ((port & 0xff) << 8) | (port >>> 8)
}

function swap32(address: number): number {
  return ((address << 24) | ((address & 0xff00) << 8) | ((address >>> 8) & 0xff00) | (address >>> 24)) >>> 0
}
