import { z } from 'zod'

/** The result of `rpbench verify …`, schema `rpbench/verify@1`. */
export const VERIFY_SCHEMA = 'rpbench/verify@1'

/** What the kernel is said to do with a reuseport group, and whether this one does. */
export const selectorsResult = z.object({
  schema: z.literal(VERIFY_SCHEMA),
  tool: z.object({ name: z.literal('rpbench'), version: z.string() }),
  /** the release that was tested */
  kernel: z.string(),
  startedAt: z.iso.datetime(),
  cases: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum(['pass', 'fail', 'not-possible']),
      /** what was found, or what stood in the way */
      why: z.string(),
    }),
  ),
})

export type SelectorsResult = z.infer<typeof selectorsResult>
