import * as z from 'zod'
import { finite, probability } from './scalars.js'

/** Of one figure, over repetitions. */
export const spread = z.object({
  median: finite.describe('median of the repetitions'),
  min: finite.describe('least of the repetitions'),
  max: finite.describe('greatest of the repetitions'),
  interval: z
    .object({
      lower: finite.describe('lower end: one of the values themselves'),
      upper: finite.describe('upper end: one of the values themselves'),
      coverage: probability.describe('how often such an interval holds the median'),
    })
    .optional()
    .describe(
      'confidence interval of the median, by ranks; absent with fewer than six repetitions, of which none reaches 95 %',
    ),
})

export type Spread = z.infer<typeof spread>
