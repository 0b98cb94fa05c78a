import { metricRow } from '../../plan/metrics/table.js'
import type { Figure, RepeatResult } from '../../result/repeat-result.js'
import { formatPercent } from '../../units/format.js'
import { formatMeasure } from '../../units/measure.js'
import { grid, type GridColumn } from '../grid.js'
import { headlinesOf } from '../headlines.js'
import type { Style } from '../style.js'

/** Below, names and medians have no columns. */
const LEAST_COLUMNS = 36

const text = (value: number, { metric }: Figure): string => formatMeasure(value, metricRow(metric).unit)

/** A row per figure: its median over the repetitions, the interval of that, and how far they went. */
export function figuresTable({ figures }: Pick<RepeatResult, 'figures'>, style: Style): string[] {
  const shown = headlinesOf(figures)
  const [first] = shown
  if (first === undefined) return []
  if (style.columns < LEAST_COLUMNS)
    return shown.map((figure) => style.plain(` ${figure.metric} ${text(figure.median, figure)}`))
  const range = (low: number, high: number, figure: Figure): string =>
    style.plain(`${text(low, figure)} \u{2013} ${text(high, figure)}`)
  const coverage = figures.find(({ interval }) => interval)?.interval?.coverage
  const columns: GridColumn<Figure>[] = [
    { title: 'figure', align: 'left', cell: ({ metric }) => metric },
    { title: 'median', align: 'right', cell: (figure) => style.plain(text(figure.median, figure)) },
    ...(coverage === undefined
      ? []
      : [
          {
            title: `${formatPercent(coverage)} interval`,
            align: 'left' as const,
            goes: 2,
            cell: (figure: Figure) =>
              figure.interval ? range(figure.interval.lower, figure.interval.upper, figure) : '',
          },
        ]),
    {
      title: 'least - most',
      align: 'left',
      goes: 1,
      cell: (figure) => range(figure.min, figure.max, figure),
    },
  ]
  return grid(shown, columns, style.columns)
}
