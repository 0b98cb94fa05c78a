import { hkdfSync, randomBytes } from 'node:crypto'

/** What a token must have at least: who hears a connection could try shorter ones until one fits. */
export const LEAST_TOKEN = 16

/** A token that nobody guesses: 128 random bits. */
export const makeToken = (): string => randomBytes(16).toString('base64url')

/** The key that both sides of a control connection have from the same token (HKDF, RFC 5869). */
export function keyOf(token: string): Buffer {
  return Buffer.from(hkdfSync('sha256', token, '', 'rpbench control', 32))
}
