import type { Command } from '../../src/plan/parameters/row.js'
import { keysOf, type ParameterKey } from '../../src/plan/parameters/table.js'
import { Dice } from './dice.js'
import { badFlag, goodFlag } from './flag-values.js'

/** What is done to the tool in a case; each is a line of the report. */
export const CASE_CLASSES = [
  'undisturbed',
  'refused',
  'signalled',
  'killed',
  'member faults',
  'limits',
] as const
export type CaseClass = (typeof CASE_CLASSES)[number]

/** When something is done: so long after the tool was started, or after its first member was there. */
export interface Moment {
  after: 'start' | 'members'
  ms: number
}

export type MemberFault = 'kill' | 'stop' | 'stop-continue' | 'freeze'

export type Disturbance =
  | { kind: 'signal'; at: Moment; name: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGKILL' }
  | { kind: 'member'; at: Moment; fault: MemberFault; which: number; forMs: number }

/** What the tool may have of something, as prlimit names it. */
export interface Limit {
  name: 'nofile' | 'nproc' | 'fsize' | 'as'
  value: number
}

/** One case, drawn whole before anything is started. */
export interface SoakCase {
  seed: number
  number: number
  class: CaseClass
  /** what is typed after `rpbench`, without where results go */
  words: string[]
  json: boolean
  /** whether results are saved; predict and schema have none */
  saves: boolean
  disturbances: Disturbance[]
  limit?: Limit
}

type Measuring = 'run' | 'churn' | 'sweep'

/** Of a measured phase. */
interface Length {
  leastMs: number
  mostMs: number
}

/** Flags by which a case is over soon. */
function shortFlags(command: Measuring, dice: Dice, { leastMs, mostMs }: Length): ParameterFlags {
  const flags: ParameterFlags = { procs: `-p=${dice.whole(1, 5)}`, flows: `-f=${dice.size(1, 2000)}` }
  const duration = `${dice.whole(leastMs, mostMs)}ms`
  if (command === 'churn') {
    flags.rateHz = `-r=${dice.size(200, 20_000)}`
    flags.flows = `-f=${dice.size(1, 400)}`
    flags.change = `--change=${dice.pick(['200ms:add', '300ms:restart:0', '200ms:replace', '300ms:replace:reverse'])}`
  } else flags.durationNs = `-d=${duration}`
  if (command === 'sweep') {
    flags.procs = `-p=${dice.pick(['1', '1,2', '1..3'])}`
    flags.durationNs = `-d=${dice.size(50, 400)}ms`
    flags.repeat = '--repeat=1'
  }
  flags.warmupNs = `--warmup=${dice.whole(0, 100)}ms`
  return flags
}

type ParameterFlags = Partial<Record<ParameterKey, string>>

/** Flags of which each refuses the run where another is given: they are drawn one at a time. */
const RARE: ReadonlySet<ParameterKey> = new Set(['find', 'requests', 'change', 'port', 'sourcePorts'])

function measuringWords(command: Measuring, dice: Dice, length: Length): string[] {
  const flags = shortFlags(command, dice, length)
  for (const key of keysOf(command) as ParameterKey[]) {
    const often = RARE.has(key) ? 0.02 : 0.06
    if (dice.chance(often) && flags[key] === undefined) flags[key] = goodFlag(key, command, dice)
  }
  return [command, ...Object.values(flags)]
}

/** A command that measures nothing, or for long. */
function otherWords(dice: Dice): string[] {
  return dice.weighted([
    [['verify', `--claim=${dice.pick(['affinity', 'balance'])}`, '-f=1000'], 1],
    [['verify', 'selectors'], 1],
    [['schema', dice.pick(['run', 'churn', 'predict', 'sweep', 'verify'])], 1],
    [predictWords(dice), 3],
  ])
}

function predictWords(dice: Dice): string[] {
  const keys = (keysOf('predict') as ParameterKey[]).filter(() => dice.chance(0.25))
  return ['predict', ...keys.map((key) => goodFlag(key, 'predict', dice))]
}

function drawMeasuring(dice: Dice): Measuring {
  return dice.weighted([
    ['run', 5],
    ['churn', 3],
    ['sweep', 2],
  ])
}

function refusedWords(dice: Dice): string[] {
  const command = dice.pick<Command>(['run', 'churn', 'sweep', 'verify', 'predict'])
  const stray = dice.chance(0.15)
  if (stray) return [command, dice.pick(['--bogus', 'stray', '--procs', '--=', '-Z'])]
  for (;;) {
    const flag = badFlag(dice.pick<ParameterKey>(keysOf(command)), command, dice)
    if (flag !== undefined) return [command, flag]
  }
}

function drawMoment(dice: Dice): Moment {
  return dice.chance(0.3)
    ? { after: 'start', ms: dice.whole(0, 1500) }
    : { after: 'members', ms: dice.size(1, 2000) }
}

function drawSignals(dice: Dice): Disturbance[] {
  const first = drawMoment(dice)
  const name = (): 'SIGINT' | 'SIGTERM' | 'SIGHUP' => dice.pick(['SIGINT', 'SIGINT', 'SIGTERM', 'SIGHUP'])
  const signals: Disturbance[] = [{ kind: 'signal', at: first, name: name() }]
  if (dice.chance(0.4))
    signals.push({ kind: 'signal', at: { ...first, ms: first.ms + dice.size(1, 800) }, name: name() })
  return signals
}

function drawFaults(dice: Dice): Disturbance[] {
  const fault = dice.pick<MemberFault>(['kill', 'kill', 'stop', 'stop-continue', 'stop-continue', 'freeze'])
  const faults: Disturbance[] = [
    {
      kind: 'member',
      at: { after: 'members', ms: dice.size(1, 1500) },
      fault,
      which: dice.whole(0, 7),
      forMs: dice.size(20, 1500),
    },
  ]
  // Somebody may lose patience with what stands still.
  if (fault !== 'kill' && dice.chance(0.3)) faults.push(...drawSignals(dice))
  return faults
}

function drawLimit(dice: Dice): Limit {
  return dice.weighted<() => Limit>([
    [() => ({ name: 'nofile', value: dice.size(16, 400) }), 3],
    // With fewer Node hangs before it runs anything.
    [() => ({ name: 'nproc', value: dice.size(6, 60) }), 3],
    [() => ({ name: 'fsize', value: dice.pick([0, 100, 5000, 100_000]) }), 2],
    [() => ({ name: 'as', value: dice.size(500, 8000) * 2 ** 20 }), 1],
  ])()
}

/** How long the measured phase is, so that there is something to disturb. */
const LENGTHS: Readonly<Record<CaseClass, Length>> = {
  undisturbed: { leastMs: 50, mostMs: 800 },
  refused: { leastMs: 50, mostMs: 50 },
  signalled: { leastMs: 500, mostMs: 3000 },
  killed: { leastMs: 500, mostMs: 3000 },
  'member faults': { leastMs: 500, mostMs: 2500 },
  limits: { leastMs: 50, mostMs: 500 },
}

/** @param withNproc whether a limit of processes can be set: it takes another user, since root has none */
export function drawCase(seed: number, number: number, withNproc: boolean): SoakCase {
  const dice = new Dice(seed, number)
  const drawn = dice.weighted<CaseClass>([
    ['undisturbed', 3],
    ['refused', 2],
    ['signalled', 4],
    ['killed', 2],
    ['member faults', 4],
    ['limits', 3],
  ])
  const base = { seed, number, class: drawn, json: dice.chance(0.8), disturbances: [], saves: true }
  const length = LENGTHS[drawn]
  if (drawn === 'refused') return { ...base, words: refusedWords(dice), json: false, saves: false }
  if (drawn === 'member faults') {
    const words = measuringWords(drawMeasuring(dice), dice, length)
    return { ...base, words, disturbances: drawFaults(dice) }
  }
  if (drawn === 'limits') {
    const limit = drawLimit(dice)
    const usable = limit.name === 'nproc' && !withNproc ? ({ name: 'nofile', value: 64 } as const) : limit
    return { ...base, words: measuringWords(drawMeasuring(dice), dice, length), limit: usable }
  }
  const measures = dice.chance(0.75)
  const words = measures ? measuringWords(drawMeasuring(dice), dice, length) : otherWords(dice)
  const saves = words[0] !== 'predict' && words[0] !== 'schema'
  const json = base.json && words[0] !== 'schema'
  const disturbances: Disturbance[] = drawn === 'signalled' ? drawSignals(dice) : []
  if (drawn === 'killed') disturbances.push({ kind: 'signal', at: drawMoment(dice), name: 'SIGKILL' })
  return { ...base, words, json, saves, disturbances }
}

/** The command that runs a case again. */
export function replayCommand({ seed, number }: Pick<SoakCase, 'seed' | 'number'>): string {
  return `npm run soak -- --seed ${seed} --only ${number}`
}
