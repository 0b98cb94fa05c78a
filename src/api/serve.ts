import { makeToken } from '../control/token.js'
import { RpbenchError } from '../errors.js'
import { serve, type ServeOptions } from '../experiment/serve.js'
import { isLocalAddress } from '../host/addresses.js'
import { flagOf, keysOf } from '../plan/parameters/table.js'
import { readTexts, type FlagTexts } from '../plan/parameters/texts.js'
import { completeServePlan, type ServePlan } from '../plan/serve-plan.js'
import type { ServeResult } from '../result/serve-result.js'
import { readToken } from './control-token.js'
import { hostFacts } from './host-facts.js'
import { TOOL_VERSION } from './tool-version.js'

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
