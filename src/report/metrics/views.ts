import { metricRow, type MetricName } from '../../plan/metrics/table.js'
import type { Views } from '../views.js'
import { renderMetricsText } from './text.js'

export interface ShownMetrics {
  names: readonly MetricName[]
}

export const METRICS_VIEWS: Views<ShownMetrics> = {
  text: { render: ({ names }, options) => renderMetricsText(names, options) },
  json: {
    render: ({ names }) => {
      const metrics = names.map((name) => ({ name, ...metricRow(name) }))
      return `${JSON.stringify({ metrics }, null, 2)}\n`
    },
  },
}
