import { describe, expect, it } from 'vitest'
import type { MemberLedger } from '../../src/analysis/books/ledger.js'
import { attributeFlows, balanceOf, type FlowAttribution } from '../../src/assembly/attribution.js'
import { reciprocalScale } from '../../src/kernel/reciprocal-scale.js'

type Recorded = Parameters<typeof attributeFlows>[0]

const FLOWS = 2000
/** A hash for each flow, whose members are in turn. */
const hashes = Array.from({ length: FLOWS }, (_, flow) => Math.floor(((flow % 4) + 0.5) * 2 ** 30))
const memberOf = (flow: number): number => reciprocalScale(hashes[flow]!, 4)

/** Each flow was asked once; only those that `isAnswered` are known by their answer. */
function recorded(isAnswered: (flow: number) => boolean, changes: Partial<Recorded> = {}): Recorded {
  const firstMember = Int32Array.from(hashes, (_, flow) => (isAnswered(flow) ? memberOf(flow) : -1))
  const report = { firstMember, sent: new Uint32Array(FLOWS).fill(1), moves: new Map() }
  return {
    plan: { procs: 4, weights: 'uniform' },
    reports: [report],
    ...changes,
  } as unknown as Recorded
}

const ledger = (taken: number, drops: number): MemberLedger => ({
  taken,
  echoed: taken,
  echoErrors: 0,
  drops,
  left: 0,
  strangers: 0,
})
const counted = Array.from({ length: 4 }, () => ledger(200, 300))
const uncounted = Array.from({ length: 4 }, () => ledger(200, 0))

const few = (flow: number): boolean => flow < 800

describe('what a run knows of its flows', () => {
  it('is where they were put, by what came to each member', () => {
    const attributed = attributeFlows(recorded(few), counted)
    expect(attributed).toMatchObject({
      flows: [200, 200, 200, 200],
      offered: [500, 500, 500, 500],
      placement: { counts: [500, 500, 500, 500], basis: 'reckoned', known: true },
      unknown: { flows: 1200, sent: 1200 },
      complete: false,
    })
    expect(balanceOf(attributed, 1)).toMatchObject({ flows: 2000, basis: 'reckoned', unansweredShare: 0.6 })
  })

  it('is not where they were put, if drops were not counted: the verdict is unknown', () => {
    const attributed = attributeFlows(recorded(few), uncounted)
    expect(attributed.placement.known).toBe(false)
    expect(balanceOf(attributed, 1)).toMatchObject({ verdict: 'unknown', flows: 800, unansweredShare: 0.6 })
  })

  it('is where their hash puts them, if it was observed and puts those that were answered where they are', () => {
    const observed = attributeFlows(recorded(few, { hashes }), uncounted)
    expect(observed.placement).toMatchObject({ counts: [500, 500, 500, 500], basis: 'hash', known: true })
    const elsewhere = hashes.map((_, flow) => hashes[(flow + 1) % FLOWS])
    expect(attributeFlows(recorded(few, { hashes: elsewhere }), uncounted).placement.known).toBe(false)
  })

  it('is no balance where nobody knows of any flow', () => {
    const attributed: FlowAttribution = attributeFlows(
      recorded(() => false),
      Array.from({ length: 4 }, () => ledger(0, 0)),
    )
    expect(balanceOf(attributed, 1)).toBeUndefined()
  })
})
