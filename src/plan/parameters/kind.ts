import { parseAddress, parseAddressList, parseEndpoint, type Endpoint } from '../../units/addresses.js'
import {
  oneOf,
  parseBytes,
  parseCount,
  parseDuration,
  parsePortRange,
  parseRate,
  parseShare,
  type FlagBounds,
} from '../../units/parse.js'
import { parseCpus } from '../cpu-list.js'
import { parseGoal, type GoalCondition } from '../goal-conditions.js'
import { parseChange, type TimedChange } from '../group-change.js'
import { parseTimedCommand, type TimedCommand } from '../timed-command.js'
import { parseShard, type ShardWish } from '../shard-wish.js'
import { parseStart, type StartWish } from '../start-time.js'
import { parseSlowMember, type SlowMember } from '../slow-member.js'

/** What a value of each kind is in a plan: times in ns, sizes in bytes, rates per second, shares from 0 to 1. */
export interface KindValues {
  count: number
  /** of what stands for something, such as a port or the place of a member */
  number: number
  rate: number
  duration: number
  bytes: number
  share: number
  choice: string
  switch: boolean
  address: string
  addresses: string[]
  endpoint: Endpoint
  ports: [first: number, last: number]
  cpus: number[]
  'slow-member': SlowMember
  change: TimedChange
  command: TimedCommand
  goal: GoalCondition[]
  shard: ShardWish
  start: StartWish
  text: string
}

export type KindName = keyof KindValues

/** What the values of a parameter are, and how their text is read. */
export interface Kind<Name extends KindName = KindName, Value extends KindValues[Name] = KindValues[Name]> {
  readonly name: Name
  /** stands for a value in the help: `--procs=N` */
  readonly value: string
  /** @throws RpbenchError (wrong usage) naming the flag, what is wrong and what is allowed */
  readonly read: (text: string, bounds: FlagBounds) => Value
  /** of numbers, which can be counted through: what a bare one is in, and whether there is nothing between two */
  readonly steps?: { readonly baseUnit: string; readonly whole: boolean }
  /** one value may hold commas, as lists and paths do: a semicolon stands between two of them */
  readonly holdsCommas?: boolean
  readonly choices?: readonly Value[]
}

export const COUNT: Kind<'count'> = {
  name: 'count',
  value: 'N',
  read: parseCount,
  steps: { baseUnit: '', whole: true },
}
export const NUMBER: Kind<'number'> = {
  name: 'number',
  value: 'N',
  read: parseCount,
  steps: { baseUnit: '', whole: true },
}
export const RATE: Kind<'rate'> = {
  name: 'rate',
  value: 'RATE',
  read: parseRate,
  steps: { baseUnit: '', whole: false },
}
export const DURATION: Kind<'duration'> = {
  name: 'duration',
  value: 'TIME',
  read: parseDuration,
  steps: { baseUnit: 'ns', whole: true },
}
export const BYTES: Kind<'bytes'> = {
  name: 'bytes',
  value: 'BYTES',
  read: parseBytes,
  steps: { baseUnit: '', whole: true },
}
export const SHARE: Kind<'share'> = { name: 'share', value: 'SHARE', read: parseShare }
export const ADDRESS: Kind<'address'> = {
  name: 'address',
  value: 'ADDRESS',
  read: (text, { flag }) => parseAddress(text, flag),
}
export const ENDPOINT: Kind<'endpoint'> = {
  name: 'endpoint',
  value: 'ADDR:PORT',
  read: (text, { flag }) => parseEndpoint(text, flag),
}
export const ADDRESSES: Kind<'addresses'> = {
  name: 'addresses',
  value: 'A-B',
  read: (text, { flag }) => parseAddressList(text, { flag }),
  holdsCommas: true,
}
export const PORTS: Kind<'ports'> = { name: 'ports', value: 'A-B', read: parsePortRange }
export const CPUS: Kind<'cpus'> = {
  name: 'cpus',
  value: 'CPUS',
  read: (text, { flag }) => parseCpus(text, flag),
  holdsCommas: true,
}
export const SLOW_MEMBER: Kind<'slow-member'> = {
  name: 'slow-member',
  value: 'INDEX:TIME',
  read: parseSlowMember,
}
export const CHANGE: Kind<'change'> = { name: 'change', value: 'TIME:CHANGE', read: parseChange }
export const COMMAND: Kind<'command'> = {
  name: 'command',
  value: 'TIME:COMMAND',
  read: parseTimedCommand,
  holdsCommas: true,
}
export const GOAL: Kind<'goal'> = {
  name: 'goal',
  value: 'GOAL',
  read: (text, { flag }) => parseGoal(text, flag),
}
export const SHARD: Kind<'shard'> = { name: 'shard', value: 'K/N', read: parseShard }
export const START: Kind<'start'> = { name: 'start', value: 'TIME', read: parseStart }
/** Given or not: it has no text. */
export const SWITCH: Kind<'switch'> = { name: 'switch', value: '', read: (text) => text === 'true' }
/** Read where more is known than its text. */
export const TEXT: Kind<'text'> = { name: 'text', value: 'TEXT', read: (text) => text, holdsCommas: true }

/** One of a few words. */
export function choiceOf<const Word extends string>(
  choices: readonly [Word, ...Word[]],
): Kind<'choice', Word> {
  return { name: 'choice', value: 'KIND', choices, read: (text, { flag }) => oneOf(text, flag, choices) }
}
