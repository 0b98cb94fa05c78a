import { COMMAND } from './kind.js'
import type { Row } from './row.js'

/** What is done to a target while it is asked. */
export const ON_PARAMETERS = {
  on: {
    kind: COMMAND,
    flag: 'on',
    min: 0,
    max: 86_400e9,
    multiple: true,
    help: "run a command (by sh) at a time of the measured phase, such as '2s:nginx -s reload', and tell what it did to the target",
    group: 'TARGET',
    commands: { run: {} },
  },
} as const satisfies Readonly<Record<string, Row>>
