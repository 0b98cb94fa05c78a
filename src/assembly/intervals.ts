import { summaryOf } from '../analysis/latency/latency.js'
import { lifeKey } from '../kernel/group-array.js'
import { DISPATCH, type DispatchKind } from '../plan/dispatch.js'
import type { GroupReading } from '../recording/group-recording.js'
import type { GroupEvent, IntervalReading, LifeCounts } from '../recording/interval-reading.js'
import type { Recording } from '../recording/recording.js'
import type { Books, IntervalMark, IntervalMember, IntervalResult } from '../result/run-result.js'
import { dropsOfUnknown } from './books.js'
import { sum } from './figures.js'
import { serverLedgers } from './server-ledgers.js'

/** What is the same for all intervals of a phase. */
interface Phase {
  dispatch: DispatchKind
  /** when it began, ns since the session's epoch */
  startNs: number
}

/** What was counted until some moment. */
type Standing = Pick<IntervalReading, 'counts' | 'lives' | 'aheadDrops' | 'dropsUnknown'>

/** Counters of a group, as what an interval needs of them. */
export function standingOf(
  dispatch: DispatchKind,
  group: GroupReading,
): Pick<Standing, 'lives' | 'aheadDrops' | 'dropsUnknown'> {
  const { unknown } = group
  if (unknown)
    return {
      lives: [],
      aheadDrops: unknown.drops ?? 0,
      ...(unknown.drops === undefined && { dropsUnknown: true as const }),
    }
  const { members, ahead } = serverLedgers(dispatch, group)
  return {
    lives: group.lives.map(({ member, generation, present }, i) => {
      const { taken, drops } = members[i]!
      return { member, generation, present, taken, drops }
    }),
    aheadDrops: ahead.drops,
  }
}

/** What happened between two readings; without the first, since the phase began. */
export function intervalBetween(
  { dispatch, startNs }: Phase,
  before: IntervalReading | undefined,
  after: IntervalReading,
  events: readonly GroupEvent[],
): IntervalResult {
  const since = (ns: number): number => Math.max(0, Math.round(ns - startNs))
  const [fromNs, toNs] = [since(before?.atNs ?? startNs), since(after.atNs)]
  const counted = (count: keyof Standing['counts']): number =>
    after.counts[count] - (before?.counts[count] ?? 0)
  const [sent, replied] = [counted('sent'), counted('replied')]
  const members = membersOf(before?.lives ?? [], after.lives)
  const taken = members.map((member) => member.taken)
  const service = summaryOf(after.service)
  const response = summaryOf(after.response)
  const perSecond = (count: number): number => (count * 1e9) / (toNs - fromNs)
  return {
    fromNs,
    toNs,
    phase: after.phase,
    sent,
    replied,
    late: counted('late'),
    givenUp: counted('givenUp'),
    ...(after.phase === 'load' &&
      toNs > fromNs && { achievedPerSecond: perSecond(sent), roundTripsPerSecond: perSecond(replied) }),
    ...(!after.dropsUnknown && {
      drops: sum(members.map(({ drops }) => drops)) + after.aheadDrops - (before?.aheadDrops ?? 0),
    }),
    members: members.map(({ drops, ...member }) => ({
      ...member,
      ...(DISPATCH[dispatch].ownQueues && { drops }),
    })),
    ...(sum(taken) > 0 && { maxOverMean: (Math.max(...taken) * taken.length) / sum(taken) }),
    ...(service && { latency: { service, ...(response && { response }) } }),
    marks: events.toSorted((a, b) => a.atNs - b.atNs).map((event) => markOf(event, since)),
  }
}

function markOf({ kind, atNs, change, life }: GroupEvent, since: (ns: number) => number): IntervalMark {
  return { kind, atNs: since(atNs), ...(change !== undefined && { change }), ...life }
}

/** Those that were members in an interval, or for whom something was counted in it. */
function membersOf(
  before: readonly LifeCounts[],
  after: readonly LifeCounts[],
): (IntervalMember & { drops: number })[] {
  const earlier = new Map(before.map((life) => [lifeKey(life), life]))
  return after.flatMap((life) => {
    const was = earlier.get(lifeKey(life))
    const taken = life.taken - (was?.taken ?? 0)
    const drops = life.drops - (was?.drops ?? 0)
    if (!life.present && !(was?.present ?? false) && taken + drops === 0) return []
    return [{ member: life.member, generation: life.generation, taken, drops }]
  })
}

/**
 * A reading that says no more than what holds at the end: what a member had in its hands when it was stopped it takes back,
 * and it counts as left in its queue.
 */
function bounded(reading: IntervalReading, end: Standing): IntervalReading {
  const last = new Map(end.lives.map((life) => [lifeKey(life), life]))
  return {
    ...reading,
    lives: reading.lives.map((life) => {
      const { taken = 0, drops = 0 } = last.get(lifeKey(life)) ?? {}
      return { ...life, taken: Math.min(life.taken, taken), drops: Math.min(life.drops, drops) }
    }),
    aheadDrops: Math.min(reading.aheadDrops, end.aheadDrops),
  }
}

const happened = ({ sent, replied, late, givenUp, drops = 0, members, marks }: IntervalResult): boolean =>
  sent + replied + late + givenUp + drops + sum(members.map(({ taken }) => taken)) + marks.length > 0

/**
 * The intervals of a recorded phase. What the last reading does not have of the final counts belongs to the interval that it
 * ends, so that each count adds up to that of the whole.
 */
export function intervalsOf(
  { plan, startNs, group: recorded, intervals, allShards }: Recording,
  books: Books,
): IntervalResult[] | undefined {
  if (intervals === undefined) return undefined
  // What members counted meanwhile is of all shards.
  const group = allShards ? { ...recorded, lives: [], unknown: {} } : recorded
  const { sent, replied, late, lost } = books
  const { unknown, ...counted } = group
  const drops = unknown && dropsOfUnknown(unknown)
  const lives = group.lives.map((life) => ({ ...life, present: !life.gone }))
  const end: Standing = {
    counts: { sent, replied, late, givenUp: late + lost },
    ...standingOf(plan.dispatch, {
      ...counted,
      lives,
      ...(unknown && { unknown: { ...(drops !== undefined && { drops }) } }),
    }),
  }
  const { readings, events } = intervals
  const last = readings.length - 1
  const standing = readings.map((reading, i) => (i === last ? { ...reading, ...end } : bounded(reading, end)))
  const eventsIn = (i: number): GroupEvent[] =>
    events.filter(({ atNs }) => {
      const place = readings.findIndex((reading) => reading.atNs >= atNs)
      return (place < 0 ? last : place) === i
    })
  return standing
    .map((reading, i) =>
      intervalBetween({ dispatch: plan.dispatch, startNs }, standing[i - 1], reading, eventsIn(i)),
    )
    .filter((interval) => interval.phase === 'load' || happened(interval))
}
