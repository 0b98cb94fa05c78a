import * as z from 'zod'

/** Why one of several runs could not be done. */
export const notDone = z
  .object({
    code: z.string().describe('which error; stable'),
    message: z.string().describe('what was wrong, as a sentence'),
  })
  .optional()
  .describe('why it could not be done; absent where it was')
