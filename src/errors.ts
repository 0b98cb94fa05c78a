/**
 * The one error class. `code` is stable and part of the tool's interface; nobody matches on message text.
 * A message says what is wrong, what is allowed and what to try, in one or two sentences.
 */
export class RpbenchError extends Error {
  override readonly name = 'RpbenchError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** Every code with the exit status it ends the command with: 1 the run failed, 2 wrong usage, 130 interrupted. */
const EXIT_STATUS = {
  RPB_USAGE: 2,
  RPB_ADDRESS: 2,
  RPB_OUTPUT: 2,
  RPB_STEERING: 2,
  RPB_ENGINE: 2,
  RPB_STDOUT: 1,
  RPB_PORT_IN_USE: 1,
  RPB_FILES: 1,
  RPB_MEMBER: 1,
  RPB_FLOWS: 1,
  RPB_CPU: 1,
  RPB_WORKER: 1,
  RPB_INTERRUPTED: 130,
} as const

export type ErrorCode = keyof typeof EXIT_STATUS

/** The exit status of an error: that of its code, 1 for anything that is not ours. */
export function exitStatusOf(error: unknown): number {
  return error instanceof RpbenchError ? EXIT_STATUS[error.code] : 1
}

/** Wrong usage: one sentence on what is wrong and what is allowed. */
export function usageError(message: string): RpbenchError {
  return new RpbenchError('RPB_USAGE', message)
}
