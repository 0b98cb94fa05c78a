import { describe, expect, it } from 'vitest'
import { movesOf } from '../../src/analysis/commands/moves.js'
import { stretchOf } from '../../src/analysis/commands/outage.js'
import { planCommands } from '../../src/plan/command-plan.js'
import { completePlan, type RunRequest } from '../../src/plan/run-plan.js'
import { parseTimedCommand } from '../../src/plan/timed-command.js'
import type { TimelineData } from '../../src/recording/worker-report.js'
import type { Counts } from '../../src/recording/observation.js'
import { refusalOf } from './refusal-of.js'
import { SAMPLE_FACTS } from './sample-facts.js'

const target = { address: '127.0.0.1', port: 53 }
const bounds = { flag: '--on', min: 0, max: 86_400e9 }

describe('a command at a time', () => {
  it.each([
    ['2s:nginx -s reload', { atNs: 2e9, command: 'nginx -s reload' }],
    ['500ms: echo a:b ', { atNs: 500e6, command: 'echo a:b' }],
  ])('%j is read', (text, read) => expect(parseTimedCommand(text, bounds)).toEqual(read))

  it.each(['true', ':true', '1s:', '1s: '])('%j is refused', (text) =>
    expect(refusalOf(() => parseTimedCommand(text, bounds))).toContain('is not a time and a command'),
  )
  it.each(['2:true', 'x:true', '-1s:true'])('%j is refused for its time', (text) =>
    expect(refusalOf(() => parseTimedCommand(text, bounds))).toContain('--on'),
  )

  it('comes in its turn', () => {
    const plan = completePlan({ target, rateHz: 1000, durationNs: 3e9 }, SAMPLE_FACTS)
    const [first, second] = [
      { atNs: 1e9, command: 'a' },
      { atNs: 2e9, command: 'b' },
    ] as const
    expect(planCommands(plan, [second, first])).toEqual([first, second])
  })

  it.each<[RunRequest, string]>([
    [{ rateHz: 1000 }, '--on needs --target'],
    [{ target }, '--on needs --rate'],
    [{ target, rateHz: 1000, requests: 5 }, '--on needs --duration in place of --requests'],
    [{ target, rateHz: 1000, durationNs: 1e9 }, "--on 'a' at 1 s comes after the end"],
    [{ target, rateHz: 1000, waveSize: 10 }, '--on needs all flows open at once'],
  ])('is refused beside %j', (request, why) =>
    expect(
      refusalOf(() => planCommands(completePlan(request, SAMPLE_FACTS), [{ atNs: 1e9, command: 'a' }])),
    ).toContain(why),
  )
})

const timeline = (sent: number[], replied: number[], late: number[] = []): TimelineData => ({
  intervalNs: 10,
  sent: Uint32Array.from(sent),
  replied: Uint32Array.from(replied),
  late: Uint32Array.from(late),
  responses: [],
})

describe('what became of requests in a stretch of time', () => {
  it('adds up over threads, by when they were sent', () => {
    const timelines = [
      timeline([5, 5, 5, 5, 5], [5, 5, 0, 4, 5], [0, 0, 1, 0, 0]),
      timeline([1, 1, 1, 1, 1], [1, 1, 1, 1, 1]),
    ]
    expect(stretchOf(timelines, 0, Infinity)).toEqual({ sent: 30, lost: 5, late: 1, backNs: 40 })
    expect(stretchOf(timelines, 15, 30)).toEqual({ sent: 6, lost: 4, late: 1, backNs: 15 })
    expect(stretchOf(timelines, 40, Infinity)).toEqual({ sent: 6, lost: 0, late: 0 })
    expect(stretchOf(timelines, 0, 20)).toEqual({ sent: 12, lost: 0, late: 0 })
  })

  it('is nothing where nothing was sent', () =>
    expect(stretchOf([], 0, 10)).toEqual({ sent: 0, lost: 0, late: 0 }))
})

/** What was counted: flows by port of their source, and of each the packets at sockets 1 and 2. */
const counted = (flows: Record<number, [atFirst: number, atSecond: number]>, unlisted = 0): Counts => ({
  flows: Object.entries(flows).flatMap(([port, packets]) =>
    packets.flatMap((count, i) =>
      count > 0
        ? [{ cookie: i + 1, sourceAddress: '127.0.0.1', sourcePort: Number(port), packets: count }]
        : [],
    ),
  ),
  sockets: [],
  unlisted,
})

describe('what a command moved', () => {
  const ours = new Set(['127.0.0.1 1', '127.0.0.1 2', '127.0.0.1 3', '127.0.0.1 4'])

  it('are flows that come to a socket to which they had not come since the previous one', () => {
    const previous = counted({ 1: [5, 0], 2: [5, 0], 3: [0, 5] })
    // 1 moved, and came to its old socket first; 2 stayed; 3 was at the other socket before the previous command alone;
    // 4 came before only, 9 is of somebody else.
    const at = counted({ 1: [9, 0], 2: [9, 0], 3: [1, 5], 4: [3, 0], 9: [1, 0] })
    const next = counted({ 1: [10, 4], 2: [12, 0], 3: [1, 9], 4: [3, 0], 9: [1, 1] })
    expect(movesOf(previous, at, next, ours)).toEqual({ seen: 3, moved: 2 })
    expect(movesOf(undefined, at, next, ours)).toEqual({ seen: 3, moved: 1 })
  })

  it('is not known where flows found no room', () =>
    expect(movesOf(undefined, counted({ 1: [1, 0] }), counted({ 1: [2, 0] }, 7), ours)).toBeUndefined())
})
