import { LIMIT_PARAMETERS } from '../plan/parameters/limits.js'
import { flagForRow } from './flags.js'

const { threshold, thresholdOn } = LIMIT_PARAMETERS

/** The flags of every command whose results can be held against limits. */
export const thresholdFlags = {
  threshold: flagForRow(threshold),
  'threshold-on': flagForRow(thresholdOn),
}
