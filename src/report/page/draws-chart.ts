import type { BalanceEvidence } from '../../result/claim-evidence.js'
import { drawChart } from '../svg/chart.js'
import { band, dots } from '../svg/marks.js'
import { linearScale } from '../svg/scale.js'
import type { Figure } from './parts.js'

const format = (value: number): string => value.toFixed(3)

/** The fullest member of each independent draw, over what a fair hash keeps to. */
export function drawsChart({ repetitions, fairBand }: BalanceEvidence): Figure | undefined {
  if (repetitions.length === 0) return undefined
  const { p95, p99 } = fairBand.maxOverMean
  const most = Math.max(p99, ...repetitions.map(({ maxOverMean }) => maxOverMean))
  const svg = drawChart({
    title: 'max/mean of each draw',
    description: `At most ${format(Math.max(...repetitions.map(({ maxOverMean }) => maxOverMean)))}; a fair hash stays under ${format(p95)} in 95 % of draws.`,
    x: {
      scale: (range) => linearScale([0.5, repetitions.length + 0.5], range, { most: 12, least: 1 }),
      format: String,
      title: 'draw',
    },
    y: {
      scale: (range) => linearScale([1, 1 + (most - 1) * 1.15], range, { most: 5 }),
      format,
      title: 'flows, max/mean',
    },
    marks: (axes) => [
      band(axes, [1, p99], 'fair', `a fair hash stays under ${format(p99)} in 99 % of draws`),
      band(axes, [1, p95], 'fairer', `a fair hash stays under ${format(p95)} in 95 % of draws`),
      dots(
        axes,
        repetitions.map(({ maxOverMean, verdict, port }, i) => ({
          at: [i + 1, maxOverMean] as const,
          kind: maxOverMean > p99 ? 'bad' : '',
          tip: `draw ${i + 1}, port ${port}: ${format(maxOverMean)}, ${verdict}`,
        })),
      ),
    ],
  })
  return { svg, caption: 'Shaded: where a fair hash stays, dark in 95 % of draws, light in 99 %.' }
}
