import type { TraitId, TraitReadings } from '../../recording/trait-readings.js'

/** `warn` limits a figure or a flag, `fail` forbids to measure; `unknown`: it could not be found out, which is never `ok`. */
export type TraitStatus = 'ok' | 'warn' | 'fail' | 'unknown'

/** What changes a trait. */
export interface Cure {
  /** a command that does it; absent where there is none for it */
  command?: string
  /** what it does, or what to do where no command does it */
  does: string
  /** whether it takes root */
  root: boolean
  /** until when it holds */
  lasts?: string
  /** the command that keeps it beyond that */
  persistent?: string
}

/** A trait as it is here: its status, what was found, and what changes it. */
export interface Judged {
  status: TraitStatus
  observed: string
  cures?: Cure[]
}

/** A trait of a host: in words, and how it is judged. */
export interface TraitRow<Id extends TraitId> {
  /** what is looked at, and how */
  what: string
  /** what a host should have */
  expected: string
  /** for which figure or flag it matters, and how */
  means: string
  /** whether a run is suspect, or there is none, where this is not as expected */
  judged?: true
  /** the cures that there are, with words in capitals for what depends on the host */
  cures: readonly Cure[]
  judge: (reading: TraitReadings[Id]) => Judged
}

export type TraitRows<Ids extends TraitId> = { readonly [Id in Ids]: TraitRow<Id> }

export const ok = (observed: string): Judged => ({ status: 'ok', observed })
export const warn = (observed: string, ...cures: Cure[]): Judged => ({ status: 'warn', observed, cures })
export const fail = (observed: string, ...cures: Cure[]): Judged => ({ status: 'fail', observed, cures })
export const unknown = (observed: string, ...cures: Cure[]): Judged => ({
  status: 'unknown',
  observed,
  cures,
})

const UNTIL_REBOOT = 'until reboot'
const THIS_SHELL = 'for this shell'

/** A setting of the kernel. */
export function sysctl(key: string, value: string, does: string): Cure {
  const quoted = value.includes(' ') ? `'${value}'` : value
  return {
    command: `sysctl -w ${key}=${quoted}`,
    does,
    root: true,
    lasts: UNTIL_REBOOT,
    persistent: `echo '${key} = ${value}' >> /etc/sysctl.d/90-rpbench.conf`,
  }
}

/** A value that is written to a file of the kernel. */
export const written = (value: string, file: string, does: string, lasts = UNTIL_REBOOT): Cure => ({
  command: `echo ${value} > ${file}`,
  does,
  root: true,
  lasts,
})

/** A limit of this shell and what it starts; `item` is its name in limits.conf(5). */
export const shellLimit = (item: string, value: string): Cure => ({
  command: `prlimit --pid $$ --${item}=${value}`,
  does: 'raises the limit; above the hard one it takes CAP_SYS_RESOURCE, which root of a container may lack',
  root: true,
  lasts: THIS_SHELL,
  persistent: `echo '* - ${item} ${value}' >> /etc/security/limits.d/90-rpbench.conf`,
})

export const advised = (does: string, root = false): Cure => ({ does, root })
