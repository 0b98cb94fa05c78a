import { beforeAll, describe, expect, it } from 'vitest'
import { mergeResults } from '../../src/api/merge.js'
import { runExperiment } from '../../src/experiment/run.js'
import { planFlows, shareFlows } from '../../src/plan/flow-plan.js'
import { completePlan, type RunRequest } from '../../src/plan/run-plan.js'
import { packRecording, unpackRecording } from '../../src/recording/packed-recording.js'
import type { LifeRecording } from '../../src/recording/group-recording.js'
import type { Recording } from '../../src/recording/recording.js'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { SavedHistogram } from '../../src/stats/saved-histogram.js'
import { fakeTestbed, onFake } from './fake-testbed.js'
import { refusalOf } from './refusal-of.js'
import { TOOL_VERSION } from '../../src/api/tool-version.js'

const FACTS = {
  cpus: 64,
  ephemeralPorts: [32_768, 60_999],
  openFiles: { limit: 100_000, used: 30 },
} satisfies Parameters<typeof completePlan>[1]

/** Three requests on each flow, however they are divided. */
const WHOLE: RunRequest = { procs: 4, flows: 601, requests: 3, warmupNs: 1e6, seed: 7 }

async function runOf(request: RunRequest, part?: { index: number; count: number }): Promise<RunResult> {
  const plan = completePlan(request, FACTS, part && { ...part, from: 'flag' })
  const whole = onFake(request, fakeTestbed())
  const { seed, sourcePorts: ports, host: firstAddress } = plan
  const flowPlan = planFlows({ flows: request.flows!, seed, ports, firstAddress })
  const [own] = shareFlows({ ...flowPlan, ...(part && { part }) }, 1)
  const { result } = await runExperiment({
    ...whole,
    plan,
    traffic: { flowPlan: own!, weights: undefined },
    toolVersion: TOOL_VERSION,
  })
  return result
}

const partsOf = (count: number, request = WHOLE): Promise<RunResult[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => runOf(request, { index: i + 1, count })))

/** The same parts, as if one group had served all of them: with its counts of all in each. */
function served(parts: readonly RunResult[]): RunResult[] {
  const recordings = parts.map(({ shard }) => unpackRecording(shard!.recording))
  const lives = recordings[0]!.group.lives.map((life, i) =>
    added(
      recordings.map(({ group }) => group.lives[i]!),
      life,
    ),
  )
  const group: Recording['group'] = {
    ...recordings[0]!.group,
    lives,
    seenThere: { host: {}, strangers: [], silences: [] },
  }
  return parts.map((part, i) => ({
    ...part,
    shard: {
      ...part.shard!,
      recording: packRecording({
        ...recordings[i]!,
        servedBy: { sameHost: true, sameNetwork: true },
        allShards: { runId: '17', shards: parts.length, lost: [], group },
      }),
    },
  }))
}

function added(lives: readonly LifeRecording[], first: LifeRecording): LifeRecording {
  const sum = (of: (life: LifeRecording) => number): number =>
    lives.reduce((total, life) => total + of(life), 0)
  return {
    ...first,
    after: {
      ...first.after,
      taken: [0, sum(({ after }) => after.taken[1])],
      echoed: [0, sum(({ after }) => after.echoed[1])],
      servedNs: sum(({ after }) => after.servedNs),
    },
  }
}

const read = async (shards: readonly RunResult[]): Promise<RunResult> => (await mergeResults(shards)).result

/** What members counted, and what is said of their flows. */
const countsOf = ({ members }: RunResult): object[] =>
  members.map(
    ({ index, flows, taken, echoed, replies, late, sent, unexplained, residual, residualPValue }) => {
      return { index, flows, taken, echoed, replies, late, sent, unexplained, residual, residualPValue }
    },
  )

/** All cells of a histogram of a result. */
const cells = (saved: { hdr: string; count: number; minNs: number; maxNs: number } | undefined): string =>
  new SavedHistogram(
    saved === undefined ? [] : [{ hdr: saved.hdr, count: saved.count, min: saved.minNs, max: saved.maxNs }],
  ).distribution(1)

let whole: RunResult
let parts: RunResult[]

beforeAll(async () => {
  whole = await runOf(WHOLE)
  parts = await partsOf(3)
}, 60_000)

describe('shards against one served group, merged', () => {
  let merged: RunResult
  beforeAll(async () => (merged = await read(served(parts))))

  it('are a result of run that can be saved and read', () => expect(runResult.parse(merged)).toEqual(merged))

  it('say what one unsharded run says of flows, members and datagrams', () => {
    expect(merged.balance).toEqual(whole.balance)
    expect(merged.takenBalance).toEqual(whole.takenBalance)
    expect(merged.affinity).toEqual(whole.affinity)
    expect(merged.books).toEqual(whole.books)
    expect(countsOf(merged)).toEqual(countsOf(whole))
    expect(merged.imbalance!.parts.hash).toEqual(whole.imbalance!.parts.hash)
  })

  it('have every time that was recorded, of each member and of each kind', () => {
    expect(merged.latency).toEqual(whole.latency)
    expect(merged.legs).toEqual(whole.legs)
    expect(merged.members.map(({ latency }) => latency)).toEqual(whole.members.map(({ latency }) => latency))
    const [ours, theirs] = [merged.histograms!, whole.histograms!]
    expect(ours.members.map(({ service }) => cells(service))).toEqual(
      theirs.members.map(({ service }) => cells(service)),
    )
    for (const kind of ['service', 'request', 'queue', 'server', 'reply', 'lag'] as const)
      expect(cells(ours.all[kind])).toBe(cells(theirs.all[kind]))
  })

  it('have the plan of the whole, and say of what they were made', () => {
    const { shard, flows, inFlight } = merged.plan.effective
    expect({ shard, flows, inFlight }).toEqual({
      shard: undefined,
      flows: 601,
      inFlight: whole.plan.effective.inFlight,
    })
    expect(merged.shard).toBeUndefined()
    expect(merged.shards!.parts.map(({ index, firstFlow, flows: own }) => [index, firstFlow, own])).toEqual([
      [1, 0, 200],
      [2, 200, 200],
      [3, 400, 201],
    ])
  })

  it('are the same in any order', async () => expect(await read(served(parts).toReversed())).toEqual(merged))
})

describe('shards with a group each, merged', () => {
  it('tell members of each host apart, and test each group by its own flows', async () => {
    const merged = await read(parts)
    expect(runResult.parse(merged)).toEqual(merged)
    expect(merged.members.map(({ index, flows }) => [index, flows])).toEqual(
      parts.flatMap(({ members }, i) => members.map(({ index, flows }) => [i * 4 + index, flows])),
    )
    const sum = (of: (part: RunResult) => number): number =>
      parts.reduce((total, part) => total + of(part), 0)
    expect(merged.balance).toMatchObject({ flows: 601, members: 12, groups: 3, degreesOfFreedom: 9 })
    expect(merged.balance!.chiSquare).toBeCloseTo(
      sum(({ balance }) => balance!.chiSquare),
      9,
    )
    expect(merged.books).toMatchObject({ sent: 1803, taken: 1803, replied: 1803, unexplained: 0 })
    expect(merged.affinity).toMatchObject({ flows: 601, moved: 0, violations: [] })
    expect(merged.throughput.roundTripsPerSecond).toBeCloseTo(
      sum(({ throughput }) => throughput.roundTripsPerSecond),
      6,
    )
  })
})

describe('the validity of merged shards', () => {
  it('is the worst of any, with each finding named', async () => {
    const [first, second, third] = parts as [RunResult, RunResult, RunResult]
    const finding = { code: 'steal', severity: 'suspect', message: 'Others took the CPU.' } as const
    const bad: RunResult = {
      ...second,
      validity: { ...second.validity, verdict: 'suspect', findings: [finding] },
    }
    const { validity } = await read([first, bad, third])
    expect(validity.verdict).toBe('suspect')
    expect(validity.findings).toContainEqual({ ...finding, message: 'shard 2 of 3: Others took the CPU.' })
  })

  it('is suspect where shards did not measure at the same time', async () => {
    const late = { ...parts[1]!.shard!, measuredAt: '2099-01-01T00:00:00.000Z' }
    const { validity, shards } = await read([parts[0]!, { ...parts[1]!, shard: late }, parts[2]!])
    expect(shards!.commonNs).toBe(0)
    expect(validity.findings.map(({ code }) => code)).toContain('shards-apart')
    expect(validity.verdict).toBe('suspect')
  })

  it('has the failure of a shard', async () => {
    const failed: RunResult = { ...parts[2]!, stopped: 'failed', failure: 'Member 1 died.' }
    expect(await read([parts[0]!, parts[1]!, failed])).toMatchObject({
      stopped: 'failed',
      failure: 'Shard 3 of 3: Member 1 died.',
    })
  })
})

const refused = (shards: readonly (RunResult | object)[]): Promise<string> =>
  mergeResults(shards as RunResult[]).then(
    () => 'nothing',
    (error: unknown) =>
      refusalOf(() => {
        throw error
      }),
  )
const planned = (part: RunResult, change: Partial<RunResult['plan']['effective']>): RunResult => ({
  ...part,
  plan: { ...part.plan, effective: { ...part.plan.effective, ...change } },
})

describe('refused is by name', () => {
  it('a shard twice', async () =>
    expect(await refused([parts[0]!, parts[1]!, parts[1]!])).toMatch(
      /shards\[1\] and shards\[2\] are both shard 2\/3/,
    ))

  it('a missing shard', async () =>
    expect(await refused([parts[0]!, parts[2]!])).toMatch(/^Shard 2 of 3 is missing/))

  it('another plan, with the field', async () => {
    const other = planned(parts[1]!, { payloadBytes: 99 })
    expect(await refused([parts[0]!, other, parts[2]!])).toMatch(
      /shards\[1\] is of another plan than shards\[0\]: --size|--payload/,
    )
    expect(await refused([parts[0]!, planned(parts[1]!, { seed: 8 }), parts[2]!])).toMatch(
      /--seed is 8, and there 7/,
    )
  })

  it('parts of another number of parts', async () => {
    const [other] = await partsOf(2)
    expect(await refused([parts[0]!, other!])).toMatch(/1\/2 and 1\/3/)
  })

  it('another run of a served group', async () => {
    expect(await refused([...served(parts).slice(0, 2), parts[2]!])).toMatch(
      /another run of the served group/,
    )
  })

  it('a whole run, a merged one alone, another kind, another version', async () => {
    expect(await refused([whole])).toMatch(/is a whole run/)
    expect(await refused([await read(parts)])).toMatch(
      /no shard to merge: shards\[0\] is a merged result itself/,
    )
    const old = { ...parts[0]!, tool: { name: 'rpbench' as const, version: '0.0.1' } }
    expect(await refused([old])).toMatch(/was made by rpbench 0\.0\.1/)
  })

  it('counts that were cut', async () => {
    const { shard } = parts[0]!
    const cut = { ...shard!, recording: shard!.recording.slice(0, 400) }
    expect(await refused([{ ...parts[0]!, shard: cut }, parts[1]!, parts[2]!])).toMatch(
      /What shards\[0\] keeps of its counts/,
    )
  })
})
