import { DURATION } from './kind.js'
import type { Row } from './row.js'

/** How the measured phase of a run is divided. */
export const INTERVAL_PARAMETERS = {
  intervalNs: {
    kind: DURATION,
    flag: 'interval',
    min: 100e6,
    max: 86_400e9,
    unset: 'none',
    optional: true,
    help: 'also give the figures of each such part of the measured phase, such as 1s, as it ends',
    group: 'LOAD',
    commands: {
      run: {},
      churn: {},
      attach: {
        default: '1s',
        unset: undefined,
        help: 'what is seen is told of each such part of the time',
        group: undefined,
      },
    },
  },
} as const satisfies Readonly<Record<string, Row>>
