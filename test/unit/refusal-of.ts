import { RpbenchError } from '../../src/errors.js'

/** The sentence with which an act refuses what a user asked for. Anything else that it throws is thrown on. */
export function refusalOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof RpbenchError && error.code === 'RPB_USAGE') return error.message
    throw error
  }
  throw new Error('nothing was refused')
}
