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
  RPB_OWN_NETWORK: 2,
  RPB_STDOUT: 1,
  RPB_NOT_WRITTEN: 1,
  RPB_HOST: 1,
  RPB_NATIVE: 1,
  RPB_SYSTEM: 1,
  RPB_PORT_IN_USE: 1,
  RPB_FILES: 1,
  RPB_MEMBER: 1,
  RPB_FLOWS: 1,
  RPB_CPU: 1,
  RPB_WORKER: 1,
  RPB_CONTROL: 1,
  RPB_INTERRUPTED: 130,
} as const

export type ErrorCode = keyof typeof EXIT_STATUS

/** Whether a code is one of ours: an error that crosses a thread keeps it, and is of another class then. */
export function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(EXIT_STATUS, code)
}

/** The exit status of an error: that of its code, 1 for anything that is not ours. */
export function exitStatusOf(error: unknown): number {
  return error instanceof RpbenchError ? EXIT_STATUS[error.code] : 1
}

/** What may help where a system call failed, by the name of its error. */
const AFTER_FAILED_CALL: Readonly<Record<string, string>> = {
  EPERM:
    'it is forbidden here, as the seccomp profiles of many containers do: allow it, or run rpbench elsewhere',
  EACCES: 'this user may not: give it the right, or run rpbench as another',
  ENOSYS: 'this kernel has it not, or a seccomp profile forbids it: allow it, or run rpbench elsewhere',
  EMFILE: 'the limit of open files was met: raise it with ulimit -n',
  ENFILE: 'the host’s limit of open files was met: raise fs.file-max',
  EFBIG: 'the limit of file sizes was met, which holds for shared memory too: raise it with ulimit -f',
  ENOMEM: 'memory is short: free some, or ask for less',
  ENOBUFS: 'memory is short: free some, or ask for less',
  EAGAIN: 'a limit of processes or memory was met: raise it with ulimit, or ask for less',
  ENOSPC: 'there is no room: make some',
}

/** What may help where a system call failed with the error of this name, as half a sentence. */
export function nextAfter(code: string): string {
  return AFTER_FAILED_CALL[code] ?? 'this host does not have or allow what it asks for'
}

/**
 * What to tell the user of a system call that failed where nothing more is known of it, from Node's errors and our own;
 * undefined for an error of another kind.
 */
export function failedCall(error: unknown): RpbenchError | undefined {
  if (!(error instanceof Error) || !('code' in error && 'syscall' in error)) return undefined
  const [code, call] = [String(error.code), String(error.syscall).replace(/^uv_/, '')]
  const of = 'path' in error ? ` of ${String(error.path)}` : ''
  return new RpbenchError(
    'RPB_SYSTEM',
    `The system call ${call}${of} failed (${code}): ${nextAfter(code)}.`,
    {
      cause: error,
    },
  )
}

/** Wrong usage: one sentence on what is wrong and what is allowed. */
export function usageError(message: string): RpbenchError {
  return new RpbenchError('RPB_USAGE', message)
}
