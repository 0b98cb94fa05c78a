import { Dice } from './dice.js'
import { drawAccompanied } from './draw-company.js'
import { drawFaults, drawKill, drawLimit, drawSignals, drawStrangers } from './draw-disturbances.js'
import { drawMeasuring, measuringWords, otherWords, refusedWords, type Length } from './draw-words.js'
import {
  DAMAGES,
  SAVED,
  type CaseClass,
  type Damage,
  type Disturbance,
  type Means,
  type SoakCase,
} from './soak-case.js'

/** How long the measured phase is, so that there is something to disturb. */
const LENGTHS: Readonly<Record<CaseClass, Length>> = {
  undisturbed: { leastMs: 50, mostMs: 800 },
  refused: { leastMs: 50, mostMs: 50 },
  signalled: { leastMs: 500, mostMs: 3000 },
  killed: { leastMs: 500, mostMs: 3000 },
  'member faults': { leastMs: 500, mostMs: 2500 },
  strangers: { leastMs: 500, mostMs: 2500 },
  limits: { leastMs: 50, mostMs: 500 },
}

/** What is done to the tool in cases whose words do not depend on it. */
const DISTURBANCES: Readonly<Partial<Record<CaseClass, (dice: Dice) => Disturbance[]>>> = {
  signalled: drawSignals,
  killed: drawKill,
  'member faults': drawFaults,
}

function drawDamage(dice: Dice): Damage {
  return dice.chance(0.5) ? 'none' : dice.pick(DAMAGES)
}

/** A sweep that is stopped in some way, and gone on with. */
function drawResume(base: SoakCase, dice: Dice): SoakCase {
  const words = measuringWords('sweep', dice, LENGTHS.signalled, { procs: '-p=1,2', flows: '-f=10,20' })
  const stopped = dice.chance(0.8) ? dice.pick([drawSignals, drawKill])(dice) : []
  const before = { words, disturbances: stopped, damage: drawDamage(dice) }
  const disturbances = DISTURBANCES[base.class]?.(dice) ?? []
  return { ...base, words: ['sweep', '--resume', SAVED], saves: false, disturbances, before }
}

/** A command that reads what another has saved. */
function drawReader(base: SoakCase, dice: Dice): SoakCase {
  const words = measuringWords(drawMeasuring(dice), dice, LENGTHS.undisturbed)
  const before = { words, disturbances: [], damage: drawDamage(dice) }
  const limit = dice.pick(['books.unexplained==0', 'latency.service.p99<1us', 'balance.maxOverMean<1.10'])
  const reads = dice.pick([
    ['check', SAVED, '--threshold', limit],
    ['list', 'results'],
  ])
  return { ...base, words: reads, saves: false, before }
}

function drawStrangerCase(base: SoakCase, dice: Dice): SoakCase {
  const port = dice.whole(20_000, 30_000)
  const words = measuringWords(dice.pick(['run', 'churn'] as const), dice, LENGTHS.strangers, {
    port: `--port=${port}`,
    host: `--host=${dice.pick(['127.0.0.1', '127.0.0.1', '0.0.0.0'])}`,
  })
  return { ...base, words, disturbances: drawStrangers(dice, port) }
}

/** @param means what this host lets it do: what it does not is not drawn */
export function drawCase(seed: number, number: number, means: Means): SoakCase {
  const dice = new Dice(seed, number)
  const drawn = dice.weighted<CaseClass>([
    ['undisturbed', 4],
    ['refused', 2],
    ['signalled', 4],
    ['killed', 2],
    ['member faults', 4],
    ['strangers', 2],
    ['limits', 4],
  ])
  const json = dice.chance(0.8)
  const base: SoakCase = { seed, number, class: drawn, words: [], json, disturbances: [], saves: true }
  const measuring = (): string[] => measuringWords(drawMeasuring(dice), dice, LENGTHS[drawn])
  if (drawn === 'refused') return { ...base, words: refusedWords(dice), json: false, saves: false }
  if (drawn === 'strangers') return drawStrangerCase(base, dice)
  if (drawn === 'limits') {
    const limit = drawLimit(dice, means)
    if (dice.chance(0.2)) return { ...drawAccompanied(base, dice, LENGTHS[drawn]), limit }
    return { ...base, words: measuring(), limit }
  }
  if (dice.chance(0.2)) {
    const disturbances = DISTURBANCES[drawn]?.(dice) ?? []
    return { ...drawAccompanied(base, dice, LENGTHS[drawn]), disturbances }
  }
  if (dice.chance(0.15)) return drawResume(base, dice)
  if (drawn === 'undisturbed' && dice.chance(0.3)) return drawReader(base, dice)
  const measures = drawn === 'member faults' || dice.chance(0.75)
  const words = measures ? measuring() : otherWords(dice)
  const saves = !['predict', 'schema', 'metrics'].includes(words[0]!)
  const disturbances = DISTURBANCES[drawn]?.(dice) ?? []
  return { ...base, words, json: json && words[0] !== 'schema', saves, disturbances }
}
