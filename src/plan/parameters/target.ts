import { PROTOCOL, PROTOCOLS, protocolsOf, usualProtocol } from '../protocol.js'
import { choiceOf, ENDPOINT, SWITCH, TEXT } from './kind.js'
import { RUNS, type Row } from './row.js'

/** A server of somebody else, and what it is asked by. */
export const TARGET_PARAMETERS = {
  target: {
    kind: ENDPOINT,
    flag: 'target',
    optional: true,
    unset: 'a group of our own',
    help: 'a server that is not ours, to be asked in place of a group, such as 127.0.0.1:53',
    group: 'TARGET',
    commands: RUNS,
  },
  allowRemote: {
    kind: SWITCH,
    flag: 'allow-remote',
    optional: true,
    help: 'send to a target that is no address of this host; what will be sent is said before',
    group: 'TARGET',
    commands: { run: {} },
  },
  queries: {
    kind: TEXT,
    value: 'FILE',
    flag: 'queries',
    optional: true,
    unset: 'localhost A',
    help: 'questions of --protocol dns, asked in turn: a file with a name and a type a line, as dnsperf reads it',
    group: 'TARGET',
    commands: RUNS,
  },
  protocol: {
    kind: choiceOf(PROTOCOLS),
    flag: 'protocol',
    unset: `${usualProtocol(false)}, with --target ${usualProtocol(true)}`,
    help: 'what is spoken',
    detail: PROTOCOLS.map((protocol) => `${protocol} (${PROTOCOL[protocol].help})`).join(', '),
    group: 'TARGET',
    commands: {
      ...RUNS,
      churn: { choices: protocolsOf('group'), unset: usualProtocol(false) },
      verify: { choices: protocolsOf('group'), unset: usualProtocol(false), group: undefined },
    },
  },
  path: {
    kind: TEXT,
    flag: 'path',
    value: 'PATH',
    unset: '/',
    optional: true,
    help: 'what a server of HTTP is asked for',
    group: 'TARGET',
    commands: RUNS,
  },
} as const satisfies Readonly<Record<string, Row>>
