import { MANNERS, ORDERS } from '../group-change.js'
import { choiceOf, COUNT, NUMBER, TEXT } from './kind.js'
import type { Row } from './row.js'

const CHANGE = { group: 'CHANGE OF THE GROUP', commands: { predict: {} } } as const

/** What a prediction has beside parameters of a run. */
export const PREDICT_PARAMETERS = {
  from: {
    ...CHANGE,
    kind: COUNT,
    flag: 'from',
    char: 'p',
    aliases: ['procs'],
    default: '4',
    help: 'members of the group before (also --procs)',
    commands: { predict: { group: undefined } },
  },
  to: {
    ...CHANGE,
    kind: COUNT,
    flag: 'to',
    help: 'members afterwards; fewer than before: the newest leave',
  },
  remove: {
    ...CHANGE,
    kind: NUMBER,
    value: 'INDEX',
    flag: 'remove',
    help: 'index of the member that leaves',
  },
  restart: {
    ...CHANGE,
    kind: NUMBER,
    value: 'INDEX',
    flag: 'restart',
    help: 'index of the member that restarts',
  },
  replace: {
    ...CHANGE,
    kind: choiceOf(MANNERS),
    value: MANNERS.join('|'),
    flag: 'replace',
    help: 'all members; fifo and reverse: all new ones start, then the old ones close in bind order or in reverse; rolling: one by one',
  },
  order: {
    ...CHANGE,
    kind: choiceOf(ORDERS),
    value: ORDERS.join('|'),
    flag: 'order',
    default: ORDERS[0],
    help: 'of old and new member, with --restart and --replace rolling',
  },
  kernel: {
    ...CHANGE,
    kind: TEXT,
    value: 'VERSION',
    flag: 'kernel',
    default: 'this',
    help: 'whose rule: this (the running kernel) or a version; the rule changed in 3.9 and 4.5',
    commands: { predict: { group: undefined } },
  },
} as const satisfies Readonly<Record<string, Row>>
