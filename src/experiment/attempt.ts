import { RpbenchError } from '../errors.js'

/** What came of one of several measurements. */
export type Attempt<T> = { measured: T } | { error: { code: string; message: string } }

/**
 * Measures, where a failure must not cost what other measurements gave.
 * @returns undefined where it was interrupted
 * @throws what is no RpbenchError
 */
export async function attempt<T>(measure: () => Promise<T | undefined>): Promise<Attempt<T> | undefined> {
  try {
    const measured = await measure()
    return measured === undefined ? undefined : { measured }
  } catch (error) {
    if (!(error instanceof RpbenchError)) throw error
    if (error.code === 'RPB_INTERRUPTED') return undefined
    return { error: { code: error.code, message: error.message } }
  }
}
