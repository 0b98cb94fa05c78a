import { OBSERVATION_LEVELS } from '../observation-level.js'
import { choiceOf, NUMBER, SWITCH } from './kind.js'
import type { Row } from './row.js'

const WATCHED = { group: 'WATCHED GROUP', commands: { attach: { group: undefined } } } as const

/** What attaching has beside parameters of a run. */
export const ATTACH_PARAMETERS = {
  udp: {
    ...WATCHED,
    kind: SWITCH,
    flag: 'udp',
    unset: 'UDP where somebody is bound to its port, else TCP',
    help: 'the group is one of UDP',
  },
  tcp: {
    ...WATCHED,
    kind: SWITCH,
    flag: 'tcp',
    help: 'the group is one of TCP listeners',
  },
  namespacePid: {
    ...WATCHED,
    kind: NUMBER,
    value: 'PID',
    flag: 'pid',
    min: 1,
    unset: 'the network namespace of rpbench',
    help: 'a process in the network namespace of the group, such as one in its container',
  },
  detach: {
    ...WATCHED,
    kind: SWITCH,
    flag: 'detach',
    help: 'take off filters that an rpbench left which was killed, and watch nothing',
    detail: 'of UDP and TCP, unless one is named; filters of others, and of an rpbench that runs, stay',
  },
  level: {
    ...WATCHED,
    kind: choiceOf(OBSERVATION_LEVELS),
    value: 'LEVEL',
    flag: 'level',
    unset: 'as far as this user may',
    help: 'look no further than this',
    detail:
      'look reads what any user may and touches nothing; count, which root gets unasked, puts a filter on each socket of the server that counts; explain reads how the kernel picks, and sees who takes',
  },
} as const satisfies Readonly<Record<string, Row>>
