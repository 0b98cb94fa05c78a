import type { Command } from '../../src/plan/parameters/row.js'
import { keysOf, type ParameterKey } from '../../src/plan/parameters/table.js'
import type { Dice } from './dice.js'
import { badFlag, goodFlag } from './flag-values.js'

export type Measuring = 'run' | 'churn' | 'sweep'

/** Of a measured phase. */
export interface Length {
  leastMs: number
  mostMs: number
}

type ParameterFlags = Partial<Record<ParameterKey, string>>

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
  if (command === 'run' && dice.chance(0.15)) flags.repeat = `--repeat=${dice.whole(2, 3)}`
  flags.warmupNs = `--warmup=${dice.whole(0, 100)}ms`
  return flags
}

/** Flags of which each refuses the run where another is given: they are drawn one at a time. */
const RARE: ReadonlySet<ParameterKey> = new Set(['find', 'requests', 'change', 'port', 'sourcePorts'])

/** @param fixed flags that it has in any case */
export function measuringWords(
  command: Measuring,
  dice: Dice,
  length: Length,
  fixed: ParameterFlags = {},
): string[] {
  const flags = { ...shortFlags(command, dice, length), ...fixed }
  for (const key of keysOf(command) as ParameterKey[]) {
    const often = RARE.has(key) ? 0.02 : 0.06
    if (dice.chance(often) && flags[key] === undefined) flags[key] = goodFlag(key, command, dice)
  }
  return [command, ...Object.values(flags)]
}

export function drawMeasuring(dice: Dice): Measuring {
  return dice.weighted([
    ['run', 5],
    ['churn', 3],
    ['sweep', 2],
  ])
}

/** A command that measures nothing, or for long. */
export function otherWords(dice: Dice): string[] {
  return dice.weighted([
    [['verify', `--claim=${dice.pick(['affinity', 'balance'])}`, '-f=1000'], 1],
    [['verify', 'selectors'], 1],
    [['metrics'], 1],
    [['schema', dice.pick(['run', 'churn', 'predict', 'sweep', 'verify'])], 1],
    [predictWords(dice), 3],
  ])
}

function predictWords(dice: Dice): string[] {
  const keys = (keysOf('predict') as ParameterKey[]).filter(() => dice.chance(0.25))
  return ['predict', ...keys.map((key) => goodFlag(key, 'predict', dice))]
}

export function refusedWords(dice: Dice): string[] {
  const command = dice.pick<Command>(['run', 'churn', 'sweep', 'verify', 'predict'])
  const stray = dice.chance(0.15)
  if (stray) return [command, dice.pick(['--bogus', 'stray', '--procs', '--=', '-Z'])]
  for (;;) {
    const flag = badFlag(dice.pick<ParameterKey>(keysOf(command)), command, dice)
    if (flag !== undefined) return [command, flag]
  }
}
