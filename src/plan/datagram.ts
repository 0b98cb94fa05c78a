/** DATAGRAM_HEADER in native/src/datagram.h. */
export const HEADER_BYTES = 56
/** The payload of an IPv4 UDP datagram without fragments of its own making: 65535 − 20 − 8 (RFC 791, RFC 768). */
export const MOST_PAYLOAD_BYTES = 65_507
