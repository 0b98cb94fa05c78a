import { flagOf } from './parameters/table.js'
import { usageError } from '../errors.js'

/** What an environment says of a process that is one of many alike. */
export interface ArrayTask {
  from: 'kubernetes' | 'slurm'
  /** from 0 */
  place: number
  /** how many there are; absent where the environment does not tell */
  count?: number
  /** the variable that says which one it is */
  name: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** Of Jobs of Kubernetes with the completion mode Indexed: from 0, and nothing says how many there are. */
const KUBERNETES = 'JOB_COMPLETION_INDEX'
/** Of arrays of Slurm: the number of the task, which begins where the user says and goes on in steps. */
const SLURM = 'SLURM_ARRAY_TASK_ID'

function whole(environment: Environment, name: string): number | undefined {
  const text = environment[name]
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw usageError(`${name} of the environment is "${text}", and no number.`)
}

/**
 * Which of many tasks the environment says that this process is; undefined where it says nothing.
 * @throws RpbenchError (wrong usage) where it says two things, or what it says makes no sense
 */
export function arrayTaskOf(environment: Environment): ArrayTask | undefined {
  const kubernetes = whole(environment, KUBERNETES)
  const slurm = whole(environment, SLURM)
  if (kubernetes !== undefined && slurm !== undefined)
    throw usageError(
      `The environment has ${KUBERNETES} and ${SLURM}: say which part this is, such as ${flagOf('shard')} 3/10.`,
    )
  if (kubernetes !== undefined) return { from: 'kubernetes', place: kubernetes, name: KUBERNETES }
  return slurm === undefined ? undefined : slurmTask(environment, slurm)
}

/** Numbers of an array that are not evenly spaced (1,2,7) do not say how many tasks stand before one. */
function slurmTask(environment: Environment, id: number): ArrayTask {
  const [least, most, count] = ['MIN', 'MAX', 'COUNT'].map((what) =>
    whole(environment, `SLURM_ARRAY_TASK_${what}`),
  )
  const step = whole(environment, 'SLURM_ARRAY_TASK_STEP') ?? 1
  if (least === undefined || count === undefined)
    throw usageError(
      `The environment has ${SLURM}, and no SLURM_ARRAY_TASK_MIN and SLURM_ARRAY_TASK_COUNT beside it: say which part this is, such as ${flagOf('shard')} 3/10.`,
    )
  const place = (id - least) / step
  const even = most === undefined || most === least + (count - 1) * step
  if (!even || !Number.isInteger(place) || place < 0 || place >= count)
    throw usageError(
      `The numbers of this Slurm array are not evenly spaced (${SLURM} ${id}, ${count} tasks from ${least} in steps of ${step}): make it such as --array=1-10, or say which part this is, such as ${flagOf('shard')} 3/10.`,
    )
  return { from: 'slurm', place, count, name: SLURM }
}
