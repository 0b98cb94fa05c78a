import { ENGINES, type EngineKind } from '../../src/plan/engine.js'
import { median } from '../../src/stats/median.js'
import { runCompiled } from './processes.js'
import type { SendStamps } from './send-stamps.js'

const ROUNDS = 7
const MEMBERS = 4
const FLOWS = 1000
/** In flight as by default. */
const IN_FLIGHT = 64
const MS = 400

async function once(engine: EngineKind): Promise<SendStamps> {
  return JSON.parse(
    await runCompiled('stamp-once.js', [engine, ...[MEMBERS, FLOWS, IN_FLIGHT, MS].map(String)]),
  ) as SendStamps
}

function spread(values: readonly number[], digits: number): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits))
  return `${median(values).toFixed(digits)} (${least} – ${most})`
}

/** How far the stamp of a request is from its sending, as a part of the mean service time; engines in turn, each in a fresh process. */
export async function measureStamps(): Promise<void> {
  console.log(
    `stamp to arrival, closed loop: ${MEMBERS} processes, ${FLOWS} flows, ${IN_FLIGHT} in flight, medians of ${ROUNDS} rounds in turn`,
  )
  const all = new Map<EngineKind, SendStamps[]>(ENGINES.map((engine) => [engine, []]))
  for (let round = 0; round < ROUNDS; round++)
    for (const [engine, measured] of all) measured.push(await once(engine))
  for (const [engine, measured] of all) {
    const of = (pick: (stamps: SendStamps) => number, digits: number): string =>
      spread(measured.map(pick), digits)
    console.log(
      `  ${engine.padEnd(9)} mean ${of(({ untilArrival }) => untilArrival.meanNs / 1e3, 1)} µs, away from it by ${of(({ untilArrival }) => untilArrival.meanAbsoluteNs / 1e3, 1)} µs, p99 ${of(({ untilArrival }) => untilArrival.p99AbsoluteNs / 1e3, 0)} µs` +
        `  ${of(({ share }) => share * 100, 2)} % of the mean service time (to reach: ≤ 5)`,
    )
  }
}
