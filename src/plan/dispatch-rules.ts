import { usageError } from '../errors.js'
import { DISPATCH, DISPATCHES, type DispatchKind } from './dispatch.js'
import { flagOf } from './parameters/table.js'

/** @throws RpbenchError (wrong usage) on what makes no sense with this way of dispatch */
export function refuseUnderDispatch(
  dispatch: DispatchKind,
  { procs = 1, steering, observeHash }: { procs?: number; steering?: string; observeHash?: boolean },
): void {
  const { single, by } = DISPATCH[dispatch]
  if (single && procs !== 1)
    throw usageError(
      `${flagOf('dispatch')} ${dispatch} is one process, not ${procs}: leave out ${flagOf('procs')}, or take another ${flagOf('dispatch')}: ${DISPATCHES.filter((kind) => !DISPATCH[kind].single).join(', ')}.`,
    )
  if (by === 'steering') return
  if (steering !== undefined && steering !== 'hash')
    throw usageError(
      `${flagOf('steering')} ${steering} and ${flagOf('dispatch')} ${dispatch} exclude each other: steering picks among sockets that share a port, which only ${flagOf('dispatch')} reuseport has.`,
    )
  if (observeHash)
    throw usageError(
      `${flagOf('observeHash')} and ${flagOf('dispatch')} ${dispatch} exclude each other: the kernel hashes a flow to pick among sockets that share a port, which only ${flagOf('dispatch')} reuseport has.`,
    )
}
