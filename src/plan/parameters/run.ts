import { CONTROL_PARAMETERS } from './control.js'
import { FLOWS_PARAMETERS } from './flows.js'
import { GROUP_PARAMETERS } from './group.js'
import { LOAD_PARAMETERS } from './load.js'
import { TARGET_PARAMETERS } from './target.js'

/** The parameters of a run, by their key in its plan, in the order of the help. */
export const RUN_PARAMETERS = {
  ...TARGET_PARAMETERS,
  ...CONTROL_PARAMETERS,
  ...GROUP_PARAMETERS,
  ...FLOWS_PARAMETERS,
  ...LOAD_PARAMETERS,
} as const
