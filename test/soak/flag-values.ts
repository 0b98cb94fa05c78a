import { CLAIM_IDS } from '../../src/plan/claim-ids.js'
import type { KindName } from '../../src/plan/parameters/kind.js'
import type { Command } from '../../src/plan/parameters/row.js'
import { choicesOf, rowFor, type ParameterKey } from '../../src/plan/parameters/table.js'
import type { Dice } from './dice.js'

/** Values that are allowed by themselves, small enough that a case takes a second or two; absent: one of its choices. */
const GOOD: Partial<Record<ParameterKey, (dice: Dice) => string>> = {
  procs: (dice) => `${dice.size(1, 6)}`,
  host: (dice) => dice.pick(['127.0.0.1', '127.0.0.7', '::1']),
  on: () => '100ms:true',
  queries: () => 'package.json',
  target: (dice) => dice.pick(['127.0.0.1:9', '[::1]:9']),
  port: (dice) => `${dice.whole(20_000, 30_000)}`,
  receiveBufferBytes: (dice) => dice.pick(['2K', '64K', '1M']),
  pinMembers: (dice) => dice.pick(['0', '0-1', '1,0']),
  pinWorkers: (dice) => dice.pick(['0', '1']),
  serviceTimeNs: (dice) => dice.pick(['0s', '5us', '100us', '2ms']),
  slowMember: (dice) => dice.pick(['0:100us', '1:1ms']),
  flows: (dice) => `${dice.size(1, 3000)}`,
  seed: (dice) => `${dice.whole(0, 2 ** 31 - 1)}`,
  sourcePorts: (dice) => dice.pick(['20000-40000', '30000-30100']),
  sourceAddresses: (dice) => dice.pick(['127.0.0.1-127.0.0.4', '127.0.0.1,127.0.0.9']),
  waveSize: (dice) => `${dice.size(10, 3000)}`,
  weights: (dice) => dice.pick(['uniform', 'zipf:1', 'zipf:0.5']),
  workers: (dice) => `${dice.whole(1, 3)}`,
  inFlight: (dice) => `${dice.size(1, 2000)}`,
  rateHz: (dice) => `${dice.size(100, 30_000)}`,
  durationNs: (dice) => `${dice.size(50, 1500)}ms`,
  requests: (dice) => `${dice.size(1, 30)}`,
  warmupNs: (dice) => `${dice.whole(0, 200)}ms`,
  payloadBytes: (dice) => `${dice.size(64, 9000)}`,
  timeoutNs: (dice) => `${dice.size(300, 2000)}ms`,
  goalWidth: (dice) => dice.pick(['10%', '0.5']),
  exceedRatio: (dice) => dice.pick(['0', '0.5']),
  repeat: (dice) => `${dice.whole(1, 2)}`,
  find: (dice) => dice.pick(['loss<1%', 'p99<20ms', 'loss<5% && p99.9<1s']),
  change: (dice) =>
    dice.pick(['300ms:add', '400ms:remove:0', '300ms:restart:0', '300ms:replace:fifo', '300ms:kill:0']),
  claims: (dice) => dice.pick(CLAIM_IDS),
  from: (dice) => `${dice.whole(1, 12)}`,
  to: (dice) => `${dice.whole(1, 12)}`,
  remove: (dice) => `${dice.whole(0, 5)}`,
  restart: (dice) => `${dice.whole(0, 5)}`,
  kernel: (dice) => dice.pick(['this', '3.9', '4.4', '6.1']),
}

const NO_NUMBERS = ['', 'x', '-1', 'NaN', '1e400', '9'.repeat(25)]

/** Values that nothing can make good; a switch has none. */
const BAD: Readonly<Record<KindName, readonly string[]>> = {
  count: NO_NUMBERS,
  number: NO_NUMBERS,
  rate: NO_NUMBERS,
  duration: [...NO_NUMBERS, '5 lightyears'],
  bytes: NO_NUMBERS,
  share: ['', 'x', '-1', '200%'],
  choice: ['', 'neither'],
  switch: [],
  address: ['', 'x', '300.1.1.1', '192.0.2.1', '2001:db8::1'],
  addresses: ['', 'x', '127.0.0.9-127.0.0.1', '192.0.2.1'],
  endpoint: ['', 'x', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:70000', '::1:53', '224.0.0.1:53'],
  ports: ['', 'x', '0', '9-1', '1-70000'],
  cpus: ['', 'x', '-1', '3-1', '99999'],
  'slow-member': ['', 'x', '0:', ':1ms', '999:1ms'],
  change: ['', 'x', '1s:', '1s:remove:99', '1s:vanish', 'add'],
  command: ['', 'x', '1s:', ':true', '9x:true'],
  goal: ['', 'x', 'loss', 'p99<', 'p99<5 lightyears'],
  shard: ['', 'x', '0/3', '4/3', '1/0', '/10', 'auto', '1/9999999'],
  start: ['', 'x', '12:00', '2001-01-01T00:00:00Z', '+5 lightyears', '+9999h', '1000000000'],
  text: ['/nowhere/at/all', '/dev/zero', 'zipf:x'],
}

/** A flag of a command with a value that is allowed by itself. What it excludes may refuse it all the same. */
export function goodFlag(key: ParameterKey, command: Command, dice: Dice): string {
  const row = rowFor(key, command)
  if (row.kind.name === 'switch') return `--${row.flag}`
  const value = GOOD[key]?.(dice) ?? dice.pick(choicesOf(row) ?? [row.default ?? ''])
  return `--${row.flag}=${value}`
}

/** A flag of a command with a value that it must refuse; undefined for one that takes none. */
export function badFlag(key: ParameterKey, command: Command, dice: Dice): string | undefined {
  const row = rowFor(key, command)
  const values = BAD[row.kind.name]
  return values.length === 0 ? undefined : `--${row.flag}=${dice.pick(values)}`
}
