import type { ComparedMetric } from '../../result/compare-result.js'
import { changeText, intervalText } from '../compare/words.js'
import { drawChart, WIDTH } from '../svg/chart.js'
import { dots, px, upright, words } from '../svg/marks.js'
import { markup } from '../svg/markup.js'
import { linearScale, logScale } from '../svg/scale.js'
import type { Figure } from './parts.js'

const ROW = 34
/** A change by a greater factor is drawn at the edge. */
const MOST = 100
const RATIO = { effect: 'ratio', unit: 'ratio' } as const
const KINDS = { better: 's2', 'no worse': 's2', worse: 'bad', 'cannot tell': 'quiet' } as const

/** Of each metric that is expressed as a ratio: its change with the interval, between the bounds. */
export function changesChart(metrics: readonly ComparedMetric[]): Figure | undefined {
  const ratios = metrics.filter(({ effect }) => effect === 'ratio')
  if (ratios.length === 0) return undefined
  const bound = 1 + Math.max(...ratios.map((metric) => metric.bound))
  const ends = ratios.flatMap(({ change }) => [change.value, change.lower ?? 1, change.upper ?? 1])
  const most = Math.min(
    MOST,
    Math.max(bound ** 2, ...ends.map((ratio) => Math.max(ratio, 1 / ratio))) ** 1.05,
  )
  const svg = drawChart({
    title: 'change of each metric, new against base',
    description: ratios
      .map((metric) => `${metric.metric} ${changeText(metric.change.value, metric)}, ${metric.verdict}`)
      .join('; '),
    x: {
      scale: (range) => logScale([1 / most, most], range, { most: 7 }),
      format: (ratio) => changeText(ratio, RATIO),
      title: 'new against base',
    },
    y: {
      scale: (range) => ({ ...linearScale([-0.25, ratios.length - 0.25], [range[1], range[0]]), ticks: [] }),
      format: String,
      title: '',
    },
    height: ratios.length * ROW + 70,
    right: 18,
    marks: (axes) => [
      markup`<rect class="band fair" x="${px(axes.x.place(1 / bound))}" y="${px(axes.y.range[0])}" width="${px(axes.x.place(bound) - axes.x.place(1 / bound))}" height="${px(axes.y.range[1] - axes.y.range[0])}"><title>changes within the bound do not count</title></rect>`,
      upright(axes, 1, 'mean'),
      ratios.map((metric, i) => {
        const { change, verdict } = metric
        const mid = axes.y.place(i + 0.45)
        const [low, high] = [change.lower ?? 1 / most, change.upper ?? most].map((ratio) =>
          axes.x.place(ratio),
        ) as [number, number]
        const says = `${metric.metric}: ${changeText(change.value, metric)} (${intervalText(metric) || 'no interval'}), ${verdict}`
        const label = `${changeText(change.value, metric)} ${verdict}`
        return [
          words([axes.x.range[0], axes.y.place(i) + 4], metric.metric, 'quiet'),
          words([WIDTH - 18, axes.y.place(i) + 4], label, 'strong', 'end'),
          markup`<path class="stem ${KINDS[verdict]}" d="M${px(low)} ${px(mid)}H${px(high)}"/>`,
          dots(axes, [{ at: [change.value, i + 0.45], kind: KINDS[verdict], tip: says }]),
        ]
      }),
    ],
  })
  return {
    svg,
    caption: [
      'Dot: the change; stroke: where it lies by this test. Shaded: changes that do not count.',
      metrics.length > ratios.length && ' Metrics that may be 0 are in the table alone.',
    ],
  }
}
