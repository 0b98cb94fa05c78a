// TLS with the token as the key that both sides have (RFC 4279, with ephemeral keys as in RFC 5489 and RFC 7905): each proves to
// the other that it knows the token, which never crosses the network, and nobody between them reads or changes what is said.
import type { TlsOptions } from 'node:tls'

export const IDENTITY = 'rpbench'

export const TLS: Pick<TlsOptions, 'ciphers' | 'minVersion' | 'maxVersion'> = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  // Node offers keys like these in this version alone.
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
}
