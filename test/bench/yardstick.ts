import { ownNetworkRefusal } from '../../src/host/own-network.js'
import { ENGINES, usesDevice, type EngineKind } from '../../src/plan/engine.js'
import { median } from '../../src/stats/median.js'
import { compileLimit, LIMIT_ENGINES, runRpbench } from './processes.js'

const ROUNDS = 5
const SECONDS = 2
const PROCS = 4

/** What one program reached: round trips a second, and the CPU time of each, µs. */
interface Reached {
  rate: number
  client: number
  members: number
}

type Contestant = (flows: number) => Promise<Reached>

async function yardstick(engine: (typeof LIMIT_ENGINES)[number]): Promise<Contestant | undefined> {
  const limit = await compileLimit(engine)
  return (
    limit &&
    (async (flows) => {
      const { roundTripsPerSecond: rate, cpuPerRoundTripUs } = await limit(PROCS, flows, SECONDS)
      return { rate, ...cpuPerRoundTripUs }
    })
  )
}

function rpbench(engine: EngineKind): Contestant {
  return async (flows) => {
    const { throughput, books } = await runRpbench(
      `--procs ${PROCS} --workers 1 --flows ${flows} --in-flight ${flows} --engine ${engine}`,
      `--receive-buffer 4M --duration ${SECONDS}s`,
    )
    if ((books.unexplained ?? 0) > 0) throw new Error(`${books.unexplained} datagrams are unexplained`)
    const { client, members } = throughput.cpuPerRoundTripNs!
    return { rate: throughput.roundTripsPerSecond, client: client / 1e3, members: members! / 1e3 }
  }
}

/** Ratios to reach: rpbench over its choice of engine against each yardstick. */
const AIMS = [
  ['rpbench io_uring', 'limit epoll', '≥ 1.15'],
  ['rpbench io_uring', 'limit io_uring', '≥ 0.95'],
  ['rpbench epoll', 'limit epoll', ''],
  ['rpbench pktinfo', 'limit io_uring', '≥ 1.0 with 10,000 flows'],
  ['rpbench pktinfo-mmsg', 'limit epoll', ''],
  ['rpbench tun', 'limit io_uring', '≥ 1.3 with 10,000 flows, ≥ 1.2 with 1,000'],
  ['rpbench tun-rw', 'limit epoll', ''],
] as const

/**
 * rpbench against the yardstick in plain C (limit.c), each over its engines, in turn; closed loop with as many
 * requests in flight as flows. Ratios are of each round, and their median is told: single figures of a shared machine mean little.
 */
export async function compareWithYardstick(): Promise<void> {
  const contestants = new Map<string, Contestant>()
  for (const engine of LIMIT_ENGINES) {
    const limit = await yardstick(engine)
    if (limit) contestants.set(`limit ${engine}`, limit)
    else console.log(`no limit over ${engine}: it takes liburing-dev`)
  }
  // Whoever may have no device has no contestant there.
  const possible = ENGINES.filter((engine) => !usesDevice(engine) || ownNetworkRefusal('tun') === undefined)
  for (const engine of possible) contestants.set(`rpbench ${engine}`, rpbench(engine))
  console.log(
    `round trips/s against limit.c: ${PROCS} processes, 1 client thread, medians of ${ROUNDS} rounds in turn`,
  )
  for (const flows of [1000, 10_000]) {
    const rounds: Map<string, Reached>[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const reached = new Map<string, Reached>()
      for (const [name, run] of contestants) reached.set(name, await run(flows))
      rounds.push(reached)
    }
    const mid = (pick: (reached: Map<string, Reached>) => number): number => median(rounds.map(pick))
    for (const name of contestants.keys()) {
      const of = (key: keyof Reached): number => mid((reached) => reached.get(name)![key])
      console.log(
        `  ${flows} flows  ${name.padEnd(20)} ${of('rate').toFixed(0).padStart(7)}/s  CPU a round trip: client ${of('client').toFixed(2)} µs, members ${of('members').toFixed(2)} µs`,
      )
    }
    for (const [ours, theirs, aim] of AIMS) {
      if (!contestants.has(theirs) || !contestants.has(ours)) continue
      const ratios = rounds.map((reached) => reached.get(ours)!.rate / reached.get(theirs)!.rate)
      console.log(
        `  ${flows} flows  ${ours} / ${theirs}  ${median(ratios).toFixed(3)} (${ratios.map((r) => r.toFixed(2)).join(' ')})${aim && `  to reach: ${aim}`}`,
      )
    }
  }
}
