import { describe, expect, it } from 'vitest'
import { readActivity, Standstill, type Activity } from '../../src/host/process-state.js'

function looks(seen: readonly (Activity | undefined)[]): number[] {
  const still = new Standstill()
  return seen.map((activity) => still.look(activity))
}

const asleep = { state: 'S', spent: 100 }

describe('a process stands still', () => {
  it('as long as it neither spends anything nor waits for a CPU, from the second look on', () => {
    expect(looks([asleep, asleep, asleep])).toEqual([0, 1, 2])
    expect(looks([{ state: 'T', spent: 7 }, { state: 'T', spent: 7 }])).toEqual([0, 1]) // prettier-ignore
  })

  it('no more once it has spent anything, which begins anew', () => {
    expect(looks([asleep, asleep, { state: 'S', spent: 101 }, { state: 'S', spent: 101 }])).toEqual([
      0, 1, 0, 1,
    ])
  })

  it('never while it waits for a CPU that others have, nor when it has ended', () => {
    const starved = { state: 'R', spent: 100 }
    expect(looks([starved, starved, starved])).toEqual([0, 0, 0])
    expect(looks([asleep, asleep, undefined, undefined])).toEqual([0, 1, 0, 0])
  })
})

describe('what a process does', () => {
  it('is read of one that runs, and grows', () => {
    const before = readActivity(process.pid)!
    expect(before.state).toMatch(/^[RSD]$/)
    // Memory that was never touched before costs page faults.
    expect(new Uint8Array(8 << 20).fill(1).length).toBe(8 << 20)
    expect(readActivity(process.pid)!.spent).toBeGreaterThan(before.spent)
  })

  it('is nothing of one that is not there', () => expect(readActivity(2 ** 30)).toBeUndefined())
})
