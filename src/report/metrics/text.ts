import { METRIC_NAMES, metricRow, type MetricName } from '../../plan/metrics/table.js'
import type { MetricRow } from '../../plan/metrics/row.js'
import { flagOf } from '../../plan/parameters/table.js'
import { UNITS, wordOf } from '../../units/measure.js'
import { titleLines } from '../header.js'
import { wrap, type Phrase } from '../line.js'
import { createStyle, type Style } from '../style.js'
import type { TextOptions } from '../views.js'

const TITLE = 'rpbench metrics'
const HANG = 3
/** From here on names stand in a column. */
const WIDE = 80
const NAME_WIDTH = Math.max(...METRIC_NAMES.map((name) => name.length))
const UNIT_WIDTH = Math.max(...UNITS.map((unit) => wordOf(unit).length))

const BETTER: Readonly<Record<MetricRow['better'], string>> = {
  lower: 'lower is better',
  higher: 'higher is better',
  none: 'neither is better',
}

/** What each `needs` asks of a run, as a reader would do it. */
const NEEDS: Readonly<Record<NonNullable<MetricRow['needs']>, string>> = {
  'open loop': `only in an open loop (${flagOf('rateHz')})`,
  'flows with a member': 'only where flows have a member of their own',
  'observed hashes': `only with ${flagOf('observeHash')}`,
  connections: `only where flows are connections (${flagOf('protocol')} tcp)`,
  dns: `only of a server of DNS (${flagOf('target')} and ${flagOf('protocol')} dns)`,
  http: `only of a server of HTTP (${flagOf('target')} and ${flagOf('protocol')} http)`,
  search: `only with ${flagOf('find')}`,
}

/** A block for each metric: its name, what it is in, which way is better and where it is from; then its meaning. */
export function renderMetricsText(names: readonly MetricName[], options: TextOptions): string {
  const style = createStyle(options)
  return [
    ...titleLines(TITLE, [{ text: `${names.length} of ${METRIC_NAMES.length}` }], style),
    '',
    ...names.flatMap((name) => metricLines(name, style)),
    '',
  ].join('\n')
}

function metricLines(name: MetricName, style: Style): string[] {
  const { unit, better, commands, meaning, needs, absent } = metricRow(name)
  const said = [meaning, ...(needs ? [NEEDS[needs]] : []), ...(absent ? [`not where ${absent}`] : [])]
  const block = (texts: readonly string[], lead: string): string[] => {
    const phrases: Phrase[] = texts.map((text) => ({ text }))
    const [first = '', ...more] = wrap(phrases, lead.length, HANG, style)
    return [lead + first, ...more]
  }
  const head =
    style.columns < WIDE
      ? block([name, `${wordOf(unit)}, ${BETTER[better]}`, commands.join(', ')], ' ')
      : [
          ` ${name.padEnd(NAME_WIDTH)}  ${wordOf(unit).padEnd(UNIT_WIDTH)}  ${BETTER[better].padEnd(BETTER.none.length)}  ${commands.join(', ')}`,
        ]
  return [...head, ...block(said, ' '.repeat(HANG))]
}
