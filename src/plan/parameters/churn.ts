import { CHANGE } from './kind.js'
import type { Row } from './row.js'

/** What a run through changes has beside the parameters of a run. */
export const CHURN_PARAMETERS = {
  change: {
    kind: CHANGE,
    flag: 'change',
    min: 0,
    max: 86_400e9,
    default: '2s:add 4s:remove:0 6s:restart:1 8s:replace',
    multiple: true,
    help: 'a change and its time, such as 2s:add, 4s:remove:0, 6s:restart:1, 8s:replace:fifo, 2s:kill:1, 2s:stall:1, 4s:resume:1',
    group: 'CHANGES',
    commands: { churn: {} },
  },
} as const satisfies Readonly<Record<string, Row>>
