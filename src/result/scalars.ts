import * as z from 'zod'

/**
 * The scalars that results are made of, each with its unit. A field adds what it says: `count.describe('…')`. Without
 * that a field has no description, which the test of the schemas does not let pass.
 */

/** A number of things. */
export const count = z.int().nonnegative().meta({ unit: 'count' })
/** A difference of counts, which may be below 0. */
export const difference = z.int().meta({ unit: 'count' })
/** What stands for something, such as a member's place in the group, a process id or a port. */
export const index = z.int().nonnegative()
/** A time or a length of time, in whole nanoseconds. */
export const ns = z.int().nonnegative().meta({ unit: 'ns' })
/** A mean or a median of times, which is no whole number of nanoseconds. */
export const meanNs = z.number().nonnegative().meta({ unit: 'ns' })
export const bytes = z.int().nonnegative().meta({ unit: 'bytes' })
/** Events a second. */
export const rate = z.number().nonnegative().meta({ unit: '1/s' })
/** A part of a whole. */
export const share = z.number().min(0).max(1).meta({ unit: 'share of 1' })
export const probability = z.number().min(0).max(1).meta({ unit: 'probability' })
/** Any other number that is one: never NaN, never infinite, since JSON has neither. */
export const finite = z.number()
/** An instant of the clock on the wall, in UTC. */
export const instant = z.iso.datetime()
