import { availableParallelism } from 'node:os'
import { cpusAllowed } from '../host/cpu-time.js'
import { ioUringRefusal } from '../host/io-uring.js'
import { ephemeralPortRange, openFileCount, openFileLimit, requireProc } from '../host/limits.js'
import { refuseTooMany } from '../plan/intervals.js'
import { RUN_PARAMETERS } from '../plan/parameters/run.js'
import { defaultOf, type RunParameterKey } from '../plan/parameters/table.js'
import { completePlan, type HostFacts, type RunPlan, type RunRequest } from '../plan/run-plan.js'
import { readFlags, type FlagTexts } from './flags.js'

const KEYS = [...(Object.keys(RUN_PARAMETERS) as RunParameterKey[]), 'repeat' as const, 'intervalNs' as const]

/**
 * Reads the flags and completes the plan for this host.
 * @returns the plan, and what the user gave, as given
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function planFromFlags(texts: FlagTexts<'run'>): {
  plan: RunPlan
  supplied: Record<string, string>
  repeat: number
  intervalNs?: number | undefined
} {
  const {
    asked: { repeat = defaultOf('repeat'), intervalNs, ...asked },
    supplied,
  } = readFlags('run', KEYS, texts)
  const plan = completePlan(asked, hostFacts(asked.engine))
  refuseTooMany(plan, intervalNs)
  return { plan, supplied, repeat, intervalNs }
}

/**
 * What this host allows, as far as a plan depends on it.
 * @param engine of the client, where it was asked for
 * @throws RpbenchError RPB_HOST where that cannot be known
 */
export function hostFacts(engine?: RunRequest['engine']): HostFacts {
  requireProc()
  const refusal = engine === 'epoll' ? undefined : ioUringRefusal()
  return {
    cpus: availableParallelism(),
    allowedCpus: cpusAllowed(),
    ephemeralPorts: ephemeralPortRange(),
    openFiles: { limit: openFileLimit(), used: openFileCount() },
    ...(refusal !== undefined && { ioUringRefusal: refusal }),
  }
}
