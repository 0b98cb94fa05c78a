import type { RunResult } from '../../src/result/run-result.js'
import { repeatRpbench } from '../bench/processes.js'
import type { Truth } from './truth-table.js'

/** A false alarm in ten thousand: this table has few lines, and a wrong p shows far beyond. */
const ALPHA = 1e-4
const SIMULATIONS = 100_000

/** Draws a command makes: it takes as long to start as a draw takes. */
const DRAWS_A_COMMAND = 20

/** Draws with fresh processes, ports and seeds, a few commands at a time, since one waits most of its time. */
async function draws(count: number, flags: string): Promise<NonNullable<RunResult['balance']>[]> {
  const found: NonNullable<RunResult['balance']>[] = []
  let left = count
  const some = async (): Promise<void> => {
    while (left > 0) {
      const repeat = Math.min(left, DRAWS_A_COMMAND)
      left -= repeat
      const seed = 1 + Math.floor(Math.random() * 2 ** 31)
      const { repetitions } = await repeatRpbench(
        `${flags} --requests 1 --warmup 0s --timeout 5s --seed ${seed} --repeat ${repeat}`,
      )
      found.push(...repetitions.map(({ run }) => run!.balance!))
    }
  }
  await Promise.all([some(), some(), some()])
  return found
}

/**
 * Probability that n uniform values lie as far from uniform as D or farther: Kolmogorov's series, with Stephens'
 * correction for n (Journal of the American Statistical Association 69, 1974).
 */
function kolmogorov(d: number, n: number): number {
  const x = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * d
  let sum = 0
  for (let k = 1; k <= 100; k++) sum += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * x * x)
  return Math.min(1, Math.max(0, sum))
}

function distanceFromUniform(values: readonly number[]): number {
  const n = values.length
  return Math.max(
    ...values.toSorted((a, b) => a - b).map((value, i) => Math.max((i + 1) / n - value, value - i / n)),
  )
}

const chiSquare = (counts: readonly number[], flows: number): number =>
  counts.reduce((sum, count) => sum + (count - flows / counts.length) ** 2, 0) / (flows / counts.length)

/** χ² of flows on members by chance, simulated here, in ascending order. */
function simulated(flows: number, members: number): Float64Array {
  const values = new Float64Array(SIMULATIONS)
  const counts = Array.from({ length: members }, () => 0)
  for (let i = 0; i < SIMULATIONS; i++) {
    counts.fill(0)
    for (let flow = 0; flow < flows; flow++) counts[Math.floor(Math.random() * members)]!++
    values[i] = chiSquare(counts, flows)
  }
  return values.toSorted()
}

/** p-values of fair draws: uniform where flows are many, and what a simulation says of each where they are few. */
export async function pValuesOfFairDraws(short: boolean): Promise<Truth[]> {
  const many = (await draws(short ? 30 : 400, '-p 4 -f 2000')).map(({ pValue }) => pValue)
  const d = distanceFromUniform(many)
  const p = kolmogorov(d, many.length)
  const few = await draws(short ? 10 : 60, '-p 4 -f 12')
  const chances = simulated(12, 4)
  const apart = few.filter(({ flowsPerMember, pValue }) => {
    const least = chiSquare(flowsPerMember, 12) - 1e-9
    const chance = chances.filter((value) => value >= least).length / SIMULATIONS
    // The tool's own p rests on 10,000 draws or more.
    return Math.abs(pValue - chance) > 5 * Math.sqrt((chance * (1 - chance)) / 10_000) + 2e-4
  })
  return [
    {
      what: 'p of 2,000 flows on 4 members: uniform (Kolmogorov–Smirnov)',
      n: many.length,
      expected: `p ≥ ${ALPHA}`,
      observed: `D ${d.toFixed(3)}, p ${p.toPrecision(2)}`,
      agrees: p >= ALPHA,
    },
    {
      what: 'p of 12 flows on 4 members: as simulated',
      n: few.length,
      expected: '0 apart',
      observed: `${apart.length} apart`,
      agrees: apart.length === 0,
    },
  ]
}
