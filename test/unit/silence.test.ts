import { describe, expect, it } from 'vitest'
import { mostGivenUp, Silence } from '../../src/client/silence.js'

const TIMEOUT_NS = 400e6

/** Of a load that began at 0, with so many members. */
function silenceOf(members: number, timeoutNs = TIMEOUT_NS): Silence {
  const silence = new Silence(members, timeoutNs)
  silence.begins(0)
  return silence
}

/** Misses deadlines one after another from `fromNs` on. @returns the time of the last */
function missInTurn(
  silence: Silence,
  member: number,
  deadlines: number,
  fromNs = 0,
  timeoutNs = TIMEOUT_NS,
): number {
  let nowNs = fromNs
  for (let i = 0; i < deadlines; i++, nowNs += timeoutNs) silence.missed(member, nowNs, nowNs + timeoutNs)
  return nowNs
}

describe('a member', () => {
  it('is silent after three deadlines in a row', () => {
    const silence = silenceOf(2)
    let nowNs = missInTurn(silence, 1, 2)
    expect(silence.of(1, nowNs)).toBe(false)
    nowNs = missInTurn(silence, 1, 1, nowNs)
    expect(silence.of(1, nowNs)).toBe(true)
    expect(silence.of(0, nowNs)).toBe(false)
  })

  it('is not silent by many requests that were lost at once', () => {
    const silence = silenceOf(1)
    for (let i = 0; i < 1000; i++) silence.missed(0, i, TIMEOUT_NS + i)
    expect(silence.of(0, 10 * TIMEOUT_NS)).toBe(false)
  })

  it('is not silent as long as any of its flows is answered, whatever else it loses', () => {
    const silence = silenceOf(1)
    let nowNs = 0
    for (let i = 0; i < 50; i++) {
      nowNs = missInTurn(silence, 0, 2, nowNs)
      silence.heard(0, nowNs)
    }
    expect(silence.of(0, nowNs)).toBe(false)
  })

  it('is not silent any more when it is heard again', () => {
    const silence = silenceOf(1)
    const nowNs = missInTurn(silence, 0, 7)
    silence.heard(0, nowNs)
    expect(silence.of(0, nowNs)).toBe(false)
    expect(silence.ofAll).toBe(false)
  })

  it('is not silent for not having been asked', () => {
    const silence = silenceOf(2)
    silence.heard(1, 10)
    expect(silence.of(1, 1000 * TIMEOUT_NS)).toBe(false)
  })
})

describe('a short deadline', () => {
  it('does not make anybody silent within less than a second', () => {
    const silence = silenceOf(1, 10e6)
    const nowNs = missInTurn(silence, 0, 99, 0, 10e6)
    expect([silence.of(0, nowNs), silence.of(-1, nowNs), silence.ofAll]).toEqual([false, false, false])
    missInTurn(silence, 0, 1, nowNs, 10e6)
    expect([silence.of(0, 1e9), silence.of(-1, 1e9), silence.ofAll]).toEqual([true, true, true])
  })

  it('lets more be given up: two deadlines of all that may be in flight, or a second', () => {
    expect(mostGivenUp(64, 1e9)).toBe(128)
    expect(mostGivenUp(64, 10e6)).toBe(6400)
  })
})

describe('a flow that was never answered', () => {
  it('is taken for one of a member that was not heard for three deadlines', () => {
    const silence = silenceOf(3)
    for (const deadline of [1, 2, 3])
      for (const member of [0, 2]) silence.heard(member, deadline * TIMEOUT_NS)
    expect(silence.of(-1, 3 * TIMEOUT_NS - 1)).toBe(false)
    expect(silence.of(-1, 3 * TIMEOUT_NS)).toBe(true)
  })

  it('is not left where all members are heard: it had bad luck', () => {
    const silence = silenceOf(2)
    const nowNs = missInTurn(silence, -1, 7)
    for (const member of [0, 1]) silence.heard(member, nowNs - 10)
    expect(silence.of(-1, nowNs)).toBe(false)
  })
})

describe('everybody', () => {
  it('is silent after three deadlines in a row without any reply', () => {
    const silence = silenceOf(4)
    const nowNs = missInTurn(silence, -1, 2)
    expect(silence.ofAll).toBe(false)
    missInTurn(silence, -1, 1, nowNs)
    expect(silence.ofAll).toBe(true)
  })

  it('is not silent while one is heard', () => {
    const silence = silenceOf(4)
    const nowNs = missInTurn(silence, 2, 2)
    silence.heard(3, nowNs)
    missInTurn(silence, 2, 2, nowNs)
    expect(silence.ofAll).toBe(false)
  })
})

describe('some member', () => {
  it('is silent when its flows are, as the last request that was given up tells', () => {
    const silence = silenceOf(3)
    const nowNs = missInTurn(silence, 1, 3)
    expect(silence.ofSome).toBe(true)
    silence.heard(0, nowNs)
    expect(silence.ofSome, 'until the next is given up').toBe(false)
    silence.missed(1, nowNs, nowNs + TIMEOUT_NS)
    expect(silence.ofSome).toBe(true)
    silence.heard(1, nowNs + TIMEOUT_NS)
    silence.missed(2, nowNs, nowNs + TIMEOUT_NS)
    expect(silence.ofSome).toBe(false)
  })

  it('is silent when it was not heard for as long, where each datagram is placed anew', () => {
    const silence = new Silence(2, TIMEOUT_NS, false)
    silence.begins(0)
    for (const deadline of [1, 2, 3]) {
      silence.heard(0, deadline * TIMEOUT_NS)
      silence.missed(0, (deadline - 1) * TIMEOUT_NS, deadline * TIMEOUT_NS)
      expect(silence.ofSome).toBe(deadline === 3)
    }
  })
})
