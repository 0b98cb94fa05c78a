import { usageError } from '../errors.js'
import type { Change } from '../kernel/group-array.js'
import { defaultOf, flagOf, keysOf } from '../plan/parameters/table.js'
import { PREDICTED_STEERINGS, type PredictedSteering } from '../plan/steering.js'
import { oneOf } from '../units/parse.js'
import { readTexts, type Asked, type FlagTexts } from '../plan/parameters/texts.js'

/** What is to be predicted. */
export interface Question {
  /** members of the group before */
  from: number
  steering: PredictedSteering
  /** a release, or `this` for the running kernel */
  kernel: string
  /** what happens to the group, or how many flows are to be spread over it */
  of: Change | { kind: 'spread'; flows: number }
}

/** What can be asked for, one at a time. */
const QUESTIONS = ['to', 'remove', 'restart', 'replace', 'flows'] as const
type Answers = Asked<(typeof QUESTIONS)[number] | 'order'>

/**
 * Reads the parameters of a prediction.
 * @throws RpbenchError (wrong usage) naming the flag, and where not one thing is asked for
 */
export function planPrediction(texts: FlagTexts<'predict'>): Question {
  const { asked } = readTexts('predict', keysOf('predict'), texts)
  const steering = oneOf(
    asked.steering ?? defaultOf('steering', 'predict'),
    flagOf('steering'),
    PREDICTED_STEERINGS as [PredictedSteering, ...PredictedSteering[]],
  )
  const of = questionOf(asked)
  if (of.kind === 'spread' && steering !== 'hash')
    throw usageError(
      `${flagOf('flows')} predicts the spread of the kernel’s hash: leave out ${flagOf('steering')}, or name a change.`,
    )
  return {
    from: asked.from ?? defaultOf('from', 'predict'),
    steering,
    kernel: asked.kernel ?? defaultOf('kernel', 'predict'),
    of,
  }
}

function questionOf(answers: Answers): Question['of'] {
  const [first, another] = QUESTIONS.filter((key) => answers[key] !== undefined)
  if (first !== undefined && another !== undefined)
    throw usageError(`${flagOf(first)} and ${flagOf(another)} are two questions: ask them one at a time.`)
  const { to, remove, restart, replace, flows, order = defaultOf('order', 'predict') } = answers
  if (first !== undefined && answers.order !== undefined && restart === undefined && replace !== 'rolling')
    throw usageError(`${flagOf('order')} goes with ${flagOf('restart')} or ${flagOf('replace')} rolling.`)
  if (to !== undefined) return { kind: 'resize', to }
  if (remove !== undefined) return { kind: 'remove', member: remove }
  if (restart !== undefined) return { kind: 'restart', member: restart, order }
  if (replace !== undefined)
    return replace === 'rolling'
      ? { kind: 'replace', manner: replace, order }
      : { kind: 'replace', manner: replace }
  if (flows !== undefined) return { kind: 'spread', flows }
  throw usageError(
    `Say what to predict: ${flagOf('to')}, ${flagOf('remove')}, ${flagOf('restart')} or ${flagOf('replace')} for a change, ${flagOf('flows')} for a spread.`,
  )
}
