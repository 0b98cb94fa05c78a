import { makeToken } from '../control/token.js'
import { RpbenchError } from '../errors.js'
import { serve, type ServeOptions, type Serving } from '../experiment/serve.js'
import { isLocalAddress } from '../host/addresses.js'
import { reachableAddress } from '../host/reachable-address.js'
import { flagOf, keysOf } from '../plan/parameters/table.js'
import { readTexts, type FlagTexts } from '../plan/parameters/texts.js'
import { completeServePlan, type ServePlan } from '../plan/serve-plan.js'
import { boundTo } from '../plan/transport.js'
import type { ServedRunResult, ServeResult } from '../result/serve-result.js'
import { readToken } from './control-token.js'
import { hostFacts } from './host-facts.js'
import { TOOL_VERSION } from './tool-version.js'

/** Where a group is asked by `run({ target })`, and the token that a client needs: `RPBENCH_TOKEN`, or in its `tokenFile`. */
export interface ServingGroup extends Serving {
  /** the address of this host that its clients give */
  address: string
  token: string
}

/** What a caller may want of a group that serves. */
export interface WatchingService {
  /** ends it in good order, as Ctrl-C does */
  signal?: AbortSignal | undefined
  /** told once, when it serves */
  onServing?: ((serving: ServingGroup) => void) | undefined
  /** told of each client's run when it is over */
  onRun?: ((run: ServedRunResult) => void) | undefined
}

/** A group that can serve: all that can be refused was. */
export interface PreparedService {
  plan: ServePlan
  token: string
  /** whether the token was made for this */
  newToken: boolean
  serve: (watching: Pick<ServeOptions, 'signal' | 'onServing' | 'onState' | 'onRun'>) => Promise<ServeResult>
}

/**
 * Plans a group that serves clients on other hosts, or on this one.
 * @throws RpbenchError (wrong usage) naming the flag; nothing was started then
 */
export function prepareServe(texts: FlagTexts<'serve'>): PreparedService {
  const { asked, supplied } = readTexts('serve', keysOf('serve'), texts)
  const plan = completeServePlan(asked, hostFacts({ engine: 'epoll' }))
  if (!isLocalAddress(plan.host))
    throw new RpbenchError(
      'RPB_ADDRESS',
      `${plan.host} is not an address of this host: give ${flagOf('host')} one that is, or ${flagOf('listen')} any for all of them.`,
    )
  const given = readToken(plan.tokenFile)
  const token = given ?? makeToken()
  return {
    plan,
    token,
    newToken: given === undefined,
    serve: (watching) => serve({ plan, token, supplied, toolVersion: TOOL_VERSION, ...watching }),
  }
}

/** Has a group serve until its time is over or it is ended. Errors as those of `prepareServe`, or of the group's start. */
export function serveGroup(
  texts: FlagTexts<'serve'>,
  { signal, onServing, onRun }: WatchingService,
): Promise<ServeResult> {
  const { plan, token, serve: start } = prepareServe(texts)
  const address = reachableAddress(boundTo(plan).address)
  return start({
    signal: signal ?? new AbortController().signal,
    onServing: (serving) => onServing?.({ address, ...serving, token }),
    onState: () => {},
    onRun: onRun ?? (() => {}),
  })
}
