import { describe, expect, it } from 'vitest'
import { queueCapacity, truesizeBytes } from '../../src/kernel/queue-capacity.js'

describe('what a datagram takes of a receive buffer', () => {
  // Measured on loopback by SO_MEMINFO, kernel 6.18.
  it.each([
    [64, 832],
    [100, 832],
    [500, 1280],
    [1000, 2304],
    [1472, 2304],
  ])('is, with %i bytes of payload, %i', (payload, expected) => expect(truesizeBytes(payload)).toBe(expected))

  it('leaves room for 256 small ones in the default buffer', () =>
    expect(queueCapacity(212_992, 64)).toBe(256))
})
