import * as z from 'zod'

/** What one property of a host is called, in `rpbench doctor` and in the results of runs. */
export const traitId = z.string().describe('which property of the host; stable')

export const traitStatus = z
  .enum(['ok', 'warn', 'fail', 'unknown'])
  .describe(
    '`warn`: it limits a figure or a flag, `fail`: nothing can be measured; `unknown`: it could not be found out, which is never ok',
  )

/** A property of the host of a run, as it was found beside it. */
export const hostTrait = z.object({
  id: traitId,
  status: traitStatus,
  observed: z.string().describe('what was found, in words'),
})

export type HostTrait = z.infer<typeof hostTrait>

/** Those that a run measures itself, while its load lasts: they are checks of its validity, by the same ids. */
const MEASURED = new Set(['steal', 'throttled', 'busy-neighbour'])
export const isMeasuredTrait = (id: string): boolean => MEASURED.has(id)
