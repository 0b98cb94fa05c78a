import { formatPercent } from '../../units/format.js'
import type { ChangeResult } from '../../result/churn-result.js'
import { drawChart } from '../svg/chart.js'
import { dots, px, words } from '../svg/marks.js'
import { markup } from '../svg/markup.js'
import { linearScale } from '../svg/scale.js'
import type { Figure } from './parts.js'

export type MovedChange = Pick<ChangeResult, 'change' | 'movedShare' | 'predicted' | 'minimum' | 'verdict'>

const ROW = 38

/** The share of flows that each change moved, between the least possible and all, beside the model. */
export function movedChart(changes: readonly MovedChange[]): Figure | undefined {
  if (changes.length === 0) return undefined
  const svg = drawChart({
    title: 'share of flows that each change moved',
    description: changes
      .map(
        ({ change, movedShare, predicted }) =>
          `${change}: ${formatPercent(movedShare)}, model ${formatPercent(predicted.movedShare)}`,
      )
      .join('; '),
    x: {
      scale: (range) => linearScale([0, 1], range),
      format: (value) => formatPercent(value, 0),
      title: 'of the flows',
    },
    y: {
      scale: (range) => ({ ...linearScale([-0.25, changes.length - 0.25], [range[1], range[0]]), ticks: [] }),
      format: String,
      title: '',
    },
    height: changes.length * ROW + 70,
    right: 60,
    marks: (axes) =>
      changes.map((change, i) => {
        const { x, y } = axes
        const [row, mid] = [i + 0.08, y.place(i + 0.5)]
        const [from, to] = [change.minimum.movedShare, change.movedShare].map((share) => x.place(share)) as [
          number,
          number,
        ]
        return [
          words([x.range[0], y.place(row) + 4], change.change),
          markup`<path class="stem s1" d="M${px(from)} ${px(mid)}H${px(to)}"/>`,
          markup`<path class="rule mean" d="M${px(from)} ${px(mid - 6)}v12"><title>least possible: ${formatPercent(change.minimum.movedShare)}</title></path>`,
          dots(
            axes,
            [
              {
                at: [change.predicted.movedShare, i + 0.5],
                kind: 'hollow',
                tip: `model: ${formatPercent(change.predicted.movedShare)}`,
              },
            ],
            6,
          ),
          dots(
            axes,
            [
              {
                at: [change.movedShare, i + 0.5],
                kind: change.verdict === 'differs' ? 'bad' : 's1',
                tip: `measured: ${formatPercent(change.movedShare)}`,
              },
            ],
            4,
          ),
          words([Math.max(from, to) + 11, mid + 4], formatPercent(change.movedShare), 'strong'),
        ]
      }),
  })
  return {
    svg,
    caption:
      'Dot: measured; ring: what the model of the rule says; stroke: the least that any scheme could move.',
  }
}
