/** struct sk_buff, padded to a cache line. */
const BUFFER_BYTES = 256
/** Headers, the room that the stack keeps before them, and struct skb_shared_info behind the data. */
const BESIDE_PAYLOAD_BYTES = 476
/** The cache of small heads that the kernel has since 6.3 (net/core/skbuff.c, SKB_SMALL_HEAD_SIZE). */
const SMALL_HEAD_BYTES = 576

/**
 * What a datagram on loopback takes of a receive buffer, bytes: skb->truesize as `__alloc_skb()` makes it, a head
 * from the cache of small ones or else of the next power of two. Measured on 6.18: 832 up to 100 bytes of payload, 1280
 * at 500, 2304 at 1000 to 1472. A model of this kernel's allocation: others differ.
 */
export function truesizeBytes(payloadBytes: number): number {
  const bytes = payloadBytes + BESIDE_PAYLOAD_BYTES
  return BUFFER_BYTES + (bytes <= SMALL_HEAD_BYTES ? SMALL_HEAD_BYTES : 2 ** Math.ceil(Math.log2(bytes)))
}

/** How many datagrams a socket's queue holds: SO_RCVBUF, as getsockopt() returns it, over what each takes. */
export function queueCapacity(receiveBufferBytes: number, payloadBytes: number): number {
  return Math.floor(receiveBufferBytes / truesizeBytes(payloadBytes))
}
