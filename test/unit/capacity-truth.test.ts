import { describe, expect, it } from 'vitest'
import type { ServiceDistribution } from '../../src/plan/service-times.js'
import type { Arrivals } from '../../src/plan/schedule.js'
import { uniforms } from '../../src/stats/random.js'
import { lossShare, trueCapacityHz } from '../bench/queue-theory.js'
import type { SimulatedGroup } from './simulated-group.js'
import { judgedTrial, lossGoal, searchSimulated } from './simulated-search.js'

const FLOWS = 100
/** Linux's default: 256 small datagrams. */
const RECEIVE_BUFFER_BYTES = 212_992
/** Those in the queue, and the one that is served. */
const PLACES = 257
const SEARCHES = 200

function groupOf(
  members: number,
  distribution: ServiceDistribution,
  arrivals: Arrivals,
  seed: number,
): SimulatedGroup {
  const random = uniforms(7000 + seed)
  return {
    members,
    flows: FLOWS,
    // So that the capacity is somewhere else each time, beside the loads that searches try.
    serviceNs: 2.03e6 * (0.9 + 0.2 * random()),
    distribution,
    arrivals,
    receiveBufferBytes: RECEIVE_BUFFER_BYTES,
    memberOfFlow: Array.from({ length: FLOWS }, () => Math.floor(members * random())),
  }
}

function capacityOfGroup(group: SimulatedGroup): number {
  const { members, memberOfFlow = [], serviceNs, distribution, arrivals } = group
  const shares = Array.from({ length: members }, (_, member) => ({
    share: memberOfFlow.filter((m) => m === member).length / FLOWS,
    rateHz: 1e9 / serviceNs,
  }))
  return trueCapacityHz(shares, 0.001, { places: PLACES, distribution, arrivals })
}

describe('queueing theory', () => {
  it.each<[Arrivals, ServiceDistribution, number]>([
    // Erlang's loss formula does not depend on the distribution of service.
    ['poisson', 'constant', 0.7 / 1.7],
    ['poisson', 'exponential', 0.7 / 1.7],
    // A place for one: the next comes too early when its service is longer than the gap.
    ['constant', 'exponential', Math.exp(-1 / 0.7)],
    ['constant', 'constant', 0],
  ])('has the loss of one place, %s arrivals and %s service', (arrivals, distribution, expected) =>
    expect(lossShare({ utilisation: 0.7, places: 1, arrivals, distribution })).toBeCloseTo(expected, 12),
  )

  it.each<[Arrivals, ServiceDistribution]>([
    ['poisson', 'constant'],
    ['constant', 'exponential'],
    ['poisson', 'exponential'],
    ['constant', 'constant'],
  ])('loses the excess where there is much of it, %s arrivals and %s service', (arrivals, distribution) =>
    expect(lossShare({ utilisation: 1.25, places: 200, arrivals, distribution })).toBeCloseTo(0.2, 6),
  )
})

const trial = (share: number, distribution: ServiceDistribution, seconds: number, seed: number) => {
  const group = groupOf(1, distribution, 'constant', seed)
  const rateHz = share * capacityOfGroup(group)
  return judgedTrial(group, lossGoal(1), { rateHz, durationNs: seconds * 1e9, seed })
}
const outcomes = (share: number, distribution: ServiceDistribution, seconds: number) =>
  Array.from({ length: 200 }, (_, seed) => trial(share, distribution, seconds, seed).trial!.outcome)
const count = (all: unknown[], wanted: string) => all.filter((outcome) => outcome === wanted).length

describe('a trial whose queue does not overflow', () => {
  it('is bad at 105 % of the capacity though nothing was lost, and says why', () => {
    const run = trial(1.05, 'constant', 2, 1)
    expect(run.books).toMatchObject({ lost: 0, late: 0 })
    expect(run.trial).toMatchObject({ outcome: 'bad', violated: ['backlog'] })
  })

  it('is bad at 105 % and good at 95 % each time where service is constant', () => {
    expect(count(outcomes(1.05, 'constant', 2), 'bad')).toBe(200)
    expect(count(outcomes(0.95, 'constant', 2), 'good')).toBe(200)
  })

  it('says nothing rather than the wrong thing where 2 s of exponential service hide 5 %', () => {
    expect(count(outcomes(1.05, 'exponential', 2), 'good')).toBeLessThanOrEqual(4)
    expect(count(outcomes(0.95, 'exponential', 2), 'bad')).toBeLessThanOrEqual(4)
    expect(count(outcomes(0.95, 'exponential', 2), 'unclear')).toBeGreaterThan(50)
  })

  it('tells 5 % in 20 s', () => {
    expect(count(outcomes(1.05, 'exponential', 20), 'bad')).toBeGreaterThan(180)
    expect(count(outcomes(0.95, 'exponential', 20), 'good')).toBeGreaterThan(180)
  })
})

describe('the interval of a search for a loss alone, with trials of 2 s', () => {
  it.each<[number, ServiceDistribution]>([
    [1, 'constant'],
    [1, 'exponential'],
    [4, 'constant'],
    [4, 'exponential'],
  ])('holds the capacity of %i members with %s service in 19 of 20', (members, distribution) => {
    let inside = 0
    for (let seed = 0; seed < SEARCHES; seed++) {
      const group = groupOf(members, distribution, 'constant', seed)
      const { lowerHz = 0, upperHz = Infinity, stop } = searchSimulated(group, lossGoal(members), seed)
      const capacityHz = capacityOfGroup(group)
      if (lowerHz <= capacityHz && capacityHz <= upperHz) inside++
      expect(['goal-width', 'unclear']).toContain(stop)
      // Where it is not found, it is confined all the same.
      expect(upperHz / lowerHz).toBeLessThan(1.4)
    }
    expect(inside / SEARCHES).toBeGreaterThanOrEqual(0.95)
  })
})

describe('what trials are too short for', () => {
  it('is said of a queue that an excess of the goal width does not fill, and of chance', () => {
    const constant = searchSimulated(groupOf(1, 'constant', 'constant', 3), lossGoal(1), 3)
    expect(constant.stop).toBe('goal-width')
    // 256 datagrams at 5 % of 490 or so a second.
    expect(constant.unfilledQueue!.datagrams).toBe(256)
    expect(constant.unfilledQueue!.fillNs).toBeGreaterThan(9e9)
    expect(constant.unfilledQueue!.fillNs).toBeLessThan(12e9)
    expect(constant).not.toHaveProperty('neededTrialNs')
    const exponential = searchSimulated(groupOf(1, 'exponential', 'constant', 3), lossGoal(1), 3)
    expect(exponential.stop).toBe('unclear')
    expect(exponential.unclearFromHz!).toBeGreaterThan(exponential.lowerHz!)
    expect(exponential.unclearToHz!).toBeLessThan(exponential.upperHz!)
    expect(exponential.neededTrialNs!).toBeGreaterThan(30e9)
  })

  it('is not said of trials that are long enough', () => {
    const group = { ...groupOf(1, 'constant', 'constant', 4), receiveBufferBytes: 16_640 }
    expect(searchSimulated(group, lossGoal(1), 4)).not.toHaveProperty('unfilledQueue')
  })
})
