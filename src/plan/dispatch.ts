import { usageError } from '../errors.js'

/**
 * How datagrams come from the port to the processes behind it:
 * - `reuseport`: a socket a process; the kernel picks one by the flow's hash, or steering does
 * - `shared`: one socket that all processes read; whoever comes first takes the next datagram
 * - `single`: one process with one socket
 * - `fan-out`: a process of its own, the front, takes from the one socket and hands on to the others, by flow
 */
export const DISPATCHES = ['reuseport', 'shared', 'single', 'fan-out'] as const

export type DispatchKind = (typeof DISPATCHES)[number]

/** @throws RpbenchError (wrong usage) on what makes no sense with this way of dispatch */
export function refuseUnderDispatch(
  dispatch: DispatchKind,
  { procs = 1, steering, observeHash }: { procs?: number; steering?: string; observeHash?: boolean },
): void {
  if (dispatch === 'single' && procs !== 1)
    throw usageError(
      `--dispatch single is one process, not ${procs}: leave out --procs, or take --dispatch reuseport, shared or fan-out.`,
    )
  if (dispatch === 'reuseport') return
  if (steering !== undefined && steering !== 'hash')
    throw usageError(
      `--steering ${steering} and --dispatch ${dispatch} exclude each other: steering picks among sockets that share a port, which only --dispatch reuseport has.`,
    )
  if (observeHash)
    throw usageError(
      `--observe-hash and --dispatch ${dispatch} exclude each other: the kernel hashes a flow to pick among sockets that share a port, which only --dispatch reuseport has.`,
    )
}
