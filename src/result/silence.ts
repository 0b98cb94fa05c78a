import * as z from 'zod'
import { count, difference, index, ns, share } from './scalars.js'

/** Who of the group it is. */
const server = {
  member: index.optional().describe('index of the member; absent for the front'),
  generation: index
    .optional()
    .describe(
      '0 for the one that was there at first, 1 for the one started in its place; absent for the front',
    ),
  pid: index.describe('its process'),
}

const state = z.enum(['stopped', 'traced', 'frozen', 'waiting', 'runnable', 'sleeping', 'unknown'])

/** A time in which a member, or the front, stood still though nobody had asked it to. */
export const silence = z.object({
  ...server,
  state: state.describe(
    'what its thread did meanwhile: `stopped` by a signal (T), `traced`, that is stopped by a debugger (t), `frozen` by its cgroup, `waiting` in the kernel (D), `runnable` without getting a CPU (R), `sleeping` (S)',
  ),
  fromNs: difference
    .meta({ unit: 'ns' })
    .describe('when it was last seen at work before; since the measured phase began, below 0: before that'),
  forNs: ns.describe('how long it stood still: until it was seen at work again, or the load was over'),
  cameBack: z.boolean().describe('whether it was seen at work again; false: it stood still to the end'),
  flows: count.optional().describe('flows that are its own; absent where nobody knows'),
  flowShare: share.optional().describe('of all flows whose member is known, those that are its own'),
})

/** A process that could not be ended. */
export const leftBehind = z.object({
  ...server,
  state: state.describe('what holds it, as above'),
  thaw: z.string().optional().describe('for a frozen one: the command that thaws it, upon which it ends'),
})

/** What every result of a load on a group says of members that stood still. */
export const standstill = {
  silences: z
    .array(silence)
    .optional()
    .describe(
      'times in which a member, or the front, stood still though no change asked it to, in the order of time; absent without any',
    ),
  leftBehind: z
    .array(leftBehind)
    .optional()
    .describe('processes of the group that could not be ended; absent without any'),
}

export type SilenceResult = z.infer<typeof silence>
export type LeftBehindResult = z.infer<typeof leftBehind>
