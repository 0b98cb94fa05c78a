import { Flags } from '@oclif/core'
import { rmSync } from 'node:fs'
import type { Progress } from '../experiment/progress.js'
import type { ResultFiles, ResultKind } from '../result/store.js'
import { INTERRUPTED_STATUS, watchInterrupts } from './interrupt.js'
import { ProgressLine } from './progress.js'

const INVALID_STATUS = 3
/** A threshold or a claim did not hold. */
export const CLAIM_FAILED_STATUS = 99

/** The flags of every command that measures, on what becomes of its result. */
export const outputFlags = {
  output: Flags.string({
    char: 'o',
    description: 'directory for the JSON and CSV files',
    default: 'results',
    helpValue: 'DIR',
    helpGroup: 'OUTPUT',
  }),
  save: Flags.boolean({
    description: 'write the files',
    default: true,
    allowNo: true,
    helpGroup: 'OUTPUT',
  }),
  quiet: Flags.boolean({ char: 'q', description: 'no progress', helpGroup: 'OUTPUT' }),
}

export interface Measurement<Kind extends ResultKind, Outcome> {
  kind: Kind
  flags: { output: string; save: boolean; quiet: boolean }
  /** what to measure; stops in good order when `signal` is aborted */
  measure: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Outcome>
  /** prints the outcome and writes it; without files where nothing is to be saved */
  report: (outcome: Outcome, files: ResultFiles<Kind> | undefined) => Promise<void>
}

/**
 * Measures and reports as every command does: the files are opened before anything starts and removed when nothing
 * was measured; the first Ctrl-C ends the measuring, the second everything.
 */
export async function measureAndReport<Kind extends ResultKind, Outcome>({
  kind,
  flags,
  measure,
  report,
}: Measurement<Kind, Outcome>): Promise<Outcome> {
  let files: ResultFiles<Kind> | undefined
  // Before the files are there: a Ctrl-C between the two would leave them empty.
  const interrupts = watchInterrupts(() =>
    Object.values<string>(files?.paths ?? {}).forEach((path) => rmSync(path, { force: true })),
  )
  files = flags.save ? await openFiles(flags.output, kind) : undefined
  const progress = new ProgressLine(flags.quiet)
  let outcome: Outcome
  try {
    outcome = await measure(interrupts.signal, progress.update)
  } catch (error) {
    await files?.discard()
    throw error
  } finally {
    progress.end()
  }
  await report(outcome, files)
  interrupts.release()
  return outcome
}

async function openFiles<Kind extends ResultKind>(directory: string, kind: Kind): Promise<ResultFiles<Kind>> {
  const { openResultFiles } = await import('../result/store.js')
  return openResultFiles({ directory, startedAt: new Date(), kind })
}

/** The exit status that a result ends its command with; 0 for a good one. */
export function statusOfResult(result: {
  stopped?: 'interrupted' | 'failed' | undefined
  validity: { verdict: string }
}): number {
  if (result.stopped === 'failed') return 1
  if (result.stopped === 'interrupted') return INTERRUPTED_STATUS
  return result.validity.verdict === 'invalid' ? INVALID_STATUS : 0
}

/** The exit status of a verification; 0 when every claim holds. What is known not to hold outweighs what is not known. */
export function statusOfClaims(result: {
  stopped?: 'interrupted' | undefined
  claims: readonly { holds?: boolean | undefined }[]
}): number {
  if (result.stopped === 'interrupted') return INTERRUPTED_STATUS
  if (result.claims.some(({ holds }) => holds === false)) return CLAIM_FAILED_STATUS
  return result.claims.every(({ holds }) => holds === true) ? 0 : INVALID_STATUS
}
