import { usageError } from '../errors.js'
import { endpoint } from '../units/addresses.js'
import { flagOf } from './parameters/table.js'
import type { Questions } from './questions.js'
import type { RunPlan, RunRequest } from './run-plan.js'

/** As the request line takes it: RFC 9112, 3.2.1, with whatever a server likes to read in it. */
const PATH = /^\/[!-~]*$/

/** @throws RpbenchError (wrong usage) on a path that is none, or that nobody asks for */
export function refusePath({ path, payloadBytes }: RunRequest, protocol: RunPlan['protocol']): void {
  if (protocol !== 'http') {
    if (path !== undefined) throw usageError(`${flagOf('path')} needs ${flagOf('protocol')} http.`)
    return
  }
  if (path !== undefined && !PATH.test(path))
    throw usageError(
      `${flagOf('path')} '${path}' is no path: write one that begins with / and has no spaces, such as /index.html?a=b.`,
    )
  if (payloadBytes !== undefined)
    throw usageError(
      `${flagOf('payloadBytes')} is of our messages: over HTTP the server decides how much it answers.`,
    )
}

/**
 * What a server of HTTP/1.1 is asked, each time the same; undefined where another protocol is spoken. With one request a
 * connection the server is told that it is the only one.
 */
export function httpRequest({
  protocol,
  target,
  path = '/',
  requestsPerConnection,
}: Pick<RunPlan, 'protocol' | 'target' | 'path' | 'requestsPerConnection'>): Questions | undefined {
  if (protocol !== 'http' || target === undefined) return undefined
  const fields = [
    `GET ${path} HTTP/1.1`,
    `Host: ${endpoint(target.address, target.port)}`,
    'User-Agent: rpbench',
    'Accept: */*',
    ...(requestsPerConnection === 1 ? ['Connection: close'] : []),
  ]
  const messages = new TextEncoder().encode(`${fields.join('\r\n')}\r\n\r\n`)
  return { messages, ends: Uint32Array.of(messages.length), mostBytes: messages.length }
}
