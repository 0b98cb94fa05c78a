import { describe, expect, it } from 'vitest'
import type { SteeringKind } from '../../src/plan/steering.js'
import type { RunResult } from '../../src/result/run-result.js'
import { lineOf, render } from './render-sample.js'
import { sampleMember, sampleResult } from './sample-result.js'

/** A run under a steering, as it is assembled: without what only a hash can be held against. */
function steered(steering: SteeringKind, moved: number): RunResult {
  const base = sampleResult({ members: [sampleMember(0, 10_000), sampleMember(1, 0)] })
  const { balance: _, ...rest } = base
  return {
    ...rest,
    group: { ...base.group, steering },
    affinity: { flows: 10_000, moved, unanswered: 0, unasked: 0, expected: false, violations: [] },
  }
}

describe('the report under a steering that does not go by flow', () => {
  it('names it in the header', () =>
    expect(render(steered('cpu', 0))).toMatch(/^rpbench run .* 10,000 flows · steering cpu · closed loop/))

  it('does not hold the spread against a fair hash', () => {
    expect(lineOf(render(steered('cpu', 0)), 'balance')).toBe(
      'balance by cpu taken, max/mean 2.000 · members get what their CPU handles, so this is no fair hash and not tested as one',
    )
    expect(lineOf(render(steered('random', 9_999)), 'balance')).toContain(
      'balance by datagram taken, max/mean 2.000 · each datagram is placed anew',
    )
  })

  it('counts flows that moved, and calls none a violation', () => {
    expect(lineOf(render(steered('round-robin', 9_999)), 'affinity')).toBe(
      'affinity none 9,999 of 10,000 flows seen at more than one member · steering round-robin places each datagram anew and keeps no flow together',
    )
    expect(lineOf(render(steered('incoming-cpu', 3)), 'affinity')).toContain(
      'under steering incoming-cpu a flow moves with the CPU that its sender runs on',
    )
    expect(lineOf(render(steered('cpu', 0)), 'affinity')).toBe(
      'affinity kept each of 10,000 flows stayed on one member',
    )
  })

  it('speaks of connections over TCP, and of no datagrams', () => {
    const run = steered('random', 9_999)
    const text = render({ ...run, group: { ...run.group, protocol: 'tcp' } })
    expect(lineOf(text, 'balance')).toContain('balance by connection')
    expect(text).toContain('steering random places each connection anew')
    expect(text).not.toMatch(/datagram/i)
  })

  it('tests consistent and sticky steering like the hash', () => {
    const base = sampleResult()
    const text = render({ ...base, group: { ...base.group, steering: 'sticky' } })
    expect(lineOf(text, 'balance')).toContain('balance fair χ² 0.66')
    expect(lineOf(text, 'affinity')).toContain('affinity kept')
  })
})
