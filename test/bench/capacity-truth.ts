import type { Capacity } from '../../src/result/sweep-result.js'
import type { ServiceDistribution } from '../../src/plan/service-times.js'
import { runRpbench, sweepRpbench } from './processes.js'
import { trueCapacityHz } from './queue-theory.js'

const SERVICE_MS = 2
/** Small datagrams in Linux's default receive buffer, and the one in service. */
const PLACES = 257
const LOSS = 0.001
/** One search of twenty may miss, and one more by chance where there are few. */
const MISSES = (searches: number): number => 1 + Math.floor(searches / 20)

interface Case {
  members: number
  distribution: ServiceDistribution
}

export interface CapacityTruth extends Case {
  searches: number
  /** searches whose interval held the capacity */
  inside: number
  /** upper over lower bound of each */
  widths: number[]
  passed: boolean
}

const CASES: readonly Case[] = [1, 4].flatMap((members) =>
  (['constant', 'exponential'] as const).map((distribution) => ({ members, distribution })),
)

/** Datagrams in turn, so that each member has the same share of every trial: under the hash each trial is another draw. */
const groupFlags = (members: number): string =>
  `--procs ${members} --flows 100 ${members > 1 ? '--steering round-robin ' : ''}--service-time ${SERVICE_MS}ms --service-kind sleep --timeout 3s`

/** What a member adds to each service time, ns: by the replies of members that are asked for twice what they can do. */
async function overheadNs(members: number): Promise<number> {
  const rate = (2 * members * 1e3) / SERVICE_MS
  const { throughput } = await runRpbench(groupFlags(members), `--rate ${rate} --warmup 100ms --duration 1s`)
  return (members * 1e9) / throughput.roundTripsPerSecond - SERVICE_MS * 1e6
}

async function search({ members, distribution }: Case): Promise<Capacity> {
  const { capacity } = await sweepRpbench(
    groupFlags(members),
    `--service-distribution ${distribution} --rate ${50 * members}..${2000 * members}`,
    '--find loss<0.1% --duration 2s --warmup 100ms',
  )
  return capacity![0]!
}

/** By theory, with the service time that members really take. */
function capacityHz({ members, distribution }: Case, overhead: number): number {
  const rateHz = 1e9 / (SERVICE_MS * 1e6 + overhead)
  return trueCapacityHz(
    Array.from({ length: members }, () => ({ share: 1 / members, rateHz })),
    LOSS,
    { places: PLACES, arrivals: 'constant', distribution },
  )
}

/**
 * Searches for a loss alone against queueing theory, on real datagrams. The service time is measured before and after each
 * search: where the two differ, the capacity lay somewhere between. Members sleep, so two searches go at a time.
 */
export async function measureCapacityTruth(searches: number): Promise<CapacityTruth[]> {
  const all: CapacityTruth[] = []
  for (let i = 0; i < CASES.length; i += 2)
    all.push(
      ...(await Promise.all(CASES.slice(i, i + 2).map(async (those) => searchesOfCase(those, searches)))),
    )
  return all
}

async function searchesOfCase(those: Case, searches: number): Promise<CapacityTruth> {
  let inside = 0
  const widths: number[] = []
  let before = await overheadNs(those.members)
  for (let i = 0; i < searches; i++) {
    const found = await search(those)
    const after = await overheadNs(those.members)
    const [least, most] = [before, after]
      .map((overhead) => capacityHz(those, overhead))
      .toSorted((a, b) => a - b) as [number, number]
    before = after
    const { lowerHz = 0, upperHz = Infinity, stop } = found
    const holds = holdsCapacity(found, least, most)
    if (holds) inside++
    widths.push(upperHz / lowerHz)
    console.error(
      `  p=${those.members} ${those.distribution}: theory ${least.toFixed(0)}–${most.toFixed(0)}/s, search ${lowerHz.toFixed(0)}–${upperHz.toFixed(0)}/s (${stop}) ${holds ? 'holds' : 'misses'}`,
    )
  }
  return { ...those, searches, inside, widths, passed: searches - inside <= MISSES(searches) }
}

/** Whether a search's bounds hold a capacity that lies between two; one that found no bound holds nothing. */
function holdsCapacity(
  { lowerHz = 0, upperHz = Infinity }: Pick<Capacity, 'lowerHz' | 'upperHz'>,
  leastHz: number,
  mostHz: number,
): boolean {
  return 0 < lowerHz && lowerHz <= mostHz && leastHz <= upperHz && upperHz < Infinity
}

// By itself: node dist/test/bench/capacity-truth.js [searches a case]
if (process.argv[1]?.endsWith('capacity-truth.js')) {
  const truths = await measureCapacityTruth(Number(process.argv[2] ?? 2))
  for (const { members, distribution, inside, searches } of truths)
    console.log(`p=${members} ${distribution}: ${inside} of ${searches} intervals hold the capacity`)
  if (truths.some(({ passed }) => !passed)) process.exitCode = 1
}
