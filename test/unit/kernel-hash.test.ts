import { describe, expect, test } from 'vitest'
import { jhash3Words, udpFlowHash } from '../../src/kernel/jhash.js'
import { nextPseudoRandom32, reciprocalScale } from '../../src/kernel/reciprocal-scale.js'

describe('reciprocalScale', () => {
  const values = [0, 1, 2, 3, 255, 65_535, 65_536, 65_537, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1]

  test.each(values)('is the exact upper half of the 64-bit product for %i times any u32', (hash) => {
    for (const n of [...values, 1_000, 32_768]) {
      const product = BigInt(hash) * BigInt(n)
      expect(reciprocalScale(hash, n)).toBe(Number(product >> 32n))
    }
  })

  test('gives each of n slots an equal share of the hashes', () => {
    expect(reciprocalScale(2 ** 30 - 1, 4)).toBe(0)
    expect(reciprocalScale(2 ** 30, 4)).toBe(1)
    expect(reciprocalScale(2 ** 32 - 1, 4)).toBe(3)
  })
})

test('nextPseudoRandom32 is the linear congruential generator mod 2^32', () => {
  for (const x of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    expect(nextPseudoRandom32(x)).toBe(Number((BigInt(x) * 1664525n + 1013904223n) % 2n ** 32n))
  }
})

describe('jhash3Words', () => {
  // From a C program of our own that follows lookup3's description: hashword() over three words, with initval.
  test.each([
    [[0x00000000, 0x00000000, 0x00000000, 0x00000000], 0x1b68e557],
    [[0x00000001, 0x00000002, 0x00000003, 0x00000000], 0xa46158f5],
    [[0x00000001, 0x00000002, 0x00000003, 0x00000004], 0x8103143f],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], 0xc343af0b],
    [[0x0100007f, 0x0200007f, 0x9c4034f2, 0x12345678], 0x44880514],
    [[0x80000000, 0x7fffffff, 0xdeadbeef, 0xcafebabe], 0xf39d984e],
  ] as const)('of %j is %i, as lookup3 in C has it', ([a, b, c, initval], expected) => {
    expect(jhash3Words(a, b, c, initval)).toBe(expected)
  })
})

describe('udpFlowHash', () => {
  // Measured on Linux 6.18.44, x86-64: which socket of a group got a datagram from 127.0.0.x:port. The secret of that
  // boot and (since removed) network namespace is the only one of all 2^32 that explains the flows to 127.0.0.1.
  const SECRET = 0xa182f0a0
  const LOOPBACK = 0x7f000000

  test.each([
    [1, 33_827, 90],
    [2, 44_553, 13],
    [3, 38_899, 56],
    [4, 35_959, 228],
    [5, 35_383, 138],
    [1, 54_717, 172],
    [2, 50_210, 70],
    [3, 56_085, 156],
    [4, 58_956, 142],
    [5, 35_714, 121],
    [1, 53_387, 72],
    [2, 53_009, 244],
    [3, 41_640, 190],
    [4, 59_080, 84],
    [5, 44_814, 50],
    [1, 58_132, 80],
    [2, 39_463, 150],
    [3, 51_054, 223],
    [4, 38_174, 13],
    [5, 38_390, 172],
  ])('sends 127.0.0.%i:%i to socket %i of 256, as a real kernel did', (host, foreignPort, index) => {
    const flow = {
      localAddress: LOOPBACK + 1,
      localPort: 47_032,
      foreignAddress: LOOPBACK + host,
      foreignPort,
    }
    expect(reciprocalScale(udpFlowHash(flow, SECRET), 256)).toBe(index)
  })

  test.each([
    [1, 37_828, 122],
    [2, 52_514, 95],
    [3, 44_019, 165],
    [4, 35_955, 36],
    [5, 41_919, 43],
    [1, 53_521, 19],
    [2, 43_930, 14],
    [3, 49_856, 51],
    [4, 54_256, 174],
    [5, 49_143, 149],
    [1, 43_179, 56],
    [2, 38_823, 35],
  ])(
    'leaves the destination out for a wildcard group: 127.0.0.%i:%i to %i of 200',
    (host, foreignPort, index) => {
      const flow = { localAddress: 0, localPort: 40_512, foreignAddress: LOOPBACK + host, foreignPort }
      expect(reciprocalScale(udpFlowHash(flow, SECRET), 200)).toBe(index)
    },
  )
})
