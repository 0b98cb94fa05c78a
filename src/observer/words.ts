import { flagOf } from '../plan/parameters/table.js'
import { commandOf } from '../host/socket-owner.js'
import type { LevelRefusal } from '../recording/observation.js'
import type { ObserverRequest } from './observer.js'

/** A reason against a level, and what it takes to be without it. */
export interface Reason {
  why: string
  needs?: string
  command?: string
}

/** A process by its number and its name. */
export function processWords(pid: number): string {
  const name = commandOf(pid)
  return name === '?' ? `process ${pid}` : `process ${pid} (${name})`
}

export function attachCommand({ protocol, port }: Pick<ObserverRequest, 'protocol' | 'port'>): string {
  return `rpbench attach ${flagOf('port')} ${port} ${flagOf(protocol)}`
}

const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

/** So many are told one by one: a group may have hundreds of sockets with the same reason, and each its process. */
const MOST_TOLD = 3

const shortened = (parts: readonly string[]): string[] =>
  parts.length <= MOST_TOLD
    ? [...parts]
    : [...parts.slice(0, MOST_TOLD), `${parts.length - MOST_TOLD} more like these`]

/** All reasons against a level as one; those that several sockets have stand in it once. */
export function refusalFor(level: LevelRefusal['level'], reasons: readonly Reason[]): LevelRefusal {
  const distinct = (of: (reason: Reason) => string | undefined): string[] => [
    ...new Set(reasons.flatMap((reason) => of(reason) ?? [])),
  ]
  const needs = distinct((reason) => reason.needs)
  const [command] = distinct((reason) => reason.command)
  return {
    level,
    why: list(shortened(distinct((reason) => reason.why))),
    ...(needs.length > 0 && { needs: list(needs) }),
    ...(command !== undefined && { command }),
  }
}

/** How to have what only root may, as long as this user is another. */
export function asRoot(request: Pick<ObserverRequest, 'protocol' | 'port'>): { command?: string } {
  return process.geteuid?.() === 0 ? {} : { command: `sudo ${attachCommand(request)}` }
}
