import { NUMBER, TEXT } from './kind.js'
import type { Row } from './row.js'

/** How a group on another host is reached beside its port. */
export const CONTROL_PARAMETERS = {
  controlPort: {
    kind: NUMBER,
    value: 'PORT',
    flag: 'control-port',
    min: 0,
    max: 65_535,
    optional: true,
    unset: "the number of the group's port",
    help: 'port of the control connection of rpbench serve (TCP)',
    group: 'TARGET',
    commands: {
      run: { min: 1 },
      serve: { help: 'port of the control connection (TCP), 0 for a free one', group: 'CONTROL' },
    },
  },
  tokenFile: {
    kind: TEXT,
    value: 'FILE',
    flag: 'token-file',
    optional: true,
    unset: 'RPBENCH_TOKEN of the environment',
    help: 'file with the token of rpbench serve, by which its members are told of a run and give their counts',
    group: 'TARGET',
    commands: {
      run: {},
      serve: {
        unset: 'RPBENCH_TOKEN of the environment, or else a new one',
        help: 'file with the token that clients must have',
        group: 'CONTROL',
      },
    },
  },
} as const satisfies Readonly<Record<string, Row>>
