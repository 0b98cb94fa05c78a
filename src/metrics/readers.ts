import type { MetricName } from '../plan/metrics/table.js'
import { CHANGE_READERS } from './change-readings.js'
import { LOAD_READERS } from './load-readings.js'
import type { Measured } from './measured.js'
import type { Readers, Reading } from './reading.js'
import { SPREAD_READERS } from './spread-readings.js'
import { TIME_READERS } from './time-readings.js'

/** How each metric is taken of a run; one without it does not compile. */
const READERS: Readers<MetricName> = {
  ...TIME_READERS,
  ...LOAD_READERS,
  ...SPREAD_READERS,
  ...CHANGE_READERS,
}

/**
 * A metric of one run: its value in the unit of its row, how many observations are behind it, and what these say of what it
 * stands for. Undefined where it is not defined.
 */
export function readMetric(name: MetricName, measured: Measured): Reading | undefined {
  return READERS[name](measured)
}
