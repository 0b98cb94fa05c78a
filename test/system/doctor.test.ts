import { expect, it } from 'vitest'
import { doctor } from '../../src/api/index.js'
import { addon } from '../../src/native.js'

it('doctor gives a plain result, and tells what it is at', async () => {
  const told: string[] = []
  const { works, checks } = await doctor({
    onProgress: (what) => told.push(what),
  })
  expect(works).toBe(true)
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([])
  expect(told.length).toBeGreaterThan(4)
})

it('an aborted one probes nothing', async () => {
  const { stopped, works, checks } = await doctor({ signal: AbortSignal.abort() })
  expect({ stopped, works, checks }).toEqual({ stopped: 'interrupted', works: false, checks: [] })
})

it('a thousand calls take longer than one, a sleep at least its time, and a gap is never longer than the watch', () => {
  expect(addon.callsNs(100_000)).toBeGreaterThan(addon.callsNs(1))
  expect(addon.clockReadsNs(100_000)).toBeGreaterThan(addon.clockReadsNs(1))
  expect(addon.sleptNs(1e6)).toBeGreaterThanOrEqual(1e6)
  expect(addon.sleptNs(1.2e9)).toBeGreaterThanOrEqual(1.2e9)
  expect(addon.longestGapNs(1e6)).toBeGreaterThan(0)
  expect(addon.clockResolutionNs()).toBeGreaterThan(0)
})
