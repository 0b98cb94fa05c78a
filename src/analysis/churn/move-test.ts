import { binomialTwoSided } from '../../stats/binomial.js'
import { chiSquareTail, LEAST_EXPECTED } from '../../stats/chi-square.js'
import type { FlowMoves } from './churn.js'

/** Below this a change counts as other than predicted: one false alarm in 10,000 changes. */
const ALPHA = 1e-4

export interface MoveTest {
  pValue: number
  agrees: boolean
}

/**
 * Tests how many flows stayed, were orphaned and moved beside against a prediction in shares: Pearson's χ² over those
 * of the three that the model allows, or exact binomial tests of each with Bonferroni's correction where one is
 * expected in fewer than five flows. A flow in one that the model does not allow contradicts it by itself.
 */
export function testMoves(
  { stayed, orphans, collateral, flows }: Pick<FlowMoves, 'stayed' | 'orphans' | 'collateral' | 'flows'>,
  predicted: { orphanShare: number; collateralShare: number },
): MoveTest {
  const { orphanShare, collateralShare } = predicted
  const cells = [
    { seen: stayed, share: 1 - orphanShare - collateralShare },
    { seen: orphans, share: orphanShare },
    { seen: collateral, share: collateralShare },
  ]
  // Shares that are 0 in the model come out of floating point as next to it.
  const possible = cells.filter(({ share }) => share > 1e-12)
  if (cells.some((cell) => !possible.includes(cell) && cell.seen > 0)) return { pValue: 0, agrees: false }
  if (flows === 0 || possible.length < 2) return { pValue: 1, agrees: true }
  const pValue = possible.every(({ share }) => flows * share >= LEAST_EXPECTED)
    ? chiSquareP(possible, flows)
    : binomialP(possible, flows)
  return { pValue, agrees: pValue >= ALPHA }
}

type Cells = readonly { seen: number; share: number }[]

function chiSquareP(cells: Cells, flows: number): number {
  const statistic = cells.reduce(
    (sum, { seen, share }) => sum + (seen - flows * share) ** 2 / (flows * share),
    0,
  )
  return chiSquareTail(statistic, cells.length - 1)
}

function binomialP(cells: Cells, flows: number): number {
  // Of two cells one says all.
  const tests = cells.length === 2 ? cells.slice(1) : cells
  const least = Math.min(...tests.map(({ seen, share }) => binomialTwoSided(seen, flows, share)))
  return Math.min(1, tests.length * least)
}
