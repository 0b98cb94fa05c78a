import type { FlowPlan } from './flow-plan.js'
import type { Protocol } from './protocol.js'
import type { RunPlan } from './run-plan.js'
import { endpoint } from '../units/addresses.js'
import { formatCount, formatDuration } from '../units/format.js'
import { plural } from '../units/plural.js'

/** What is sent, by protocol, where it is no datagrams of ours. */
const WHAT: Readonly<Partial<Record<Protocol, (plan: RunPlan) => string>>> = {
  dns: () => 'questions',
  tcp: ({ payloadBytes }) => `messages of ${payloadBytes} bytes over TCP`,
  http: ({ path = '/' }) => `requests of HTTP for ${path}`,
}

/**
 * What will be sent to a server on another host, as a sentence that is told before anything is.
 * @param sources where it comes from
 */
export function remoteInWords(plan: RunPlan, sources: FlowPlan): string {
  const source = 'addresses' in sources ? sources.addresses.join(', ') : 'this host'
  const { host, port, flows, rateHz, warmupNs, durationNs, requests, inFlight, payloadBytes, protocol } = plan
  const what = WHAT[protocol]?.(plan) ?? `datagrams of ${payloadBytes} bytes`
  const ports = `${plural(flows, 'port', 'ports')} of ${source}`
  const where = `from ${ports} to ${endpoint(host, port)}, which is no address of this host`
  if (rateHz === undefined) {
    const length =
      requests === undefined
        ? `for ${formatDuration(warmupNs + (durationNs ?? 0))}`
        : `until ${formatCount(requests * flows)} were asked`
    return `Sends ${what} as fast as they are answered, ${formatCount(inFlight)} at a time, ${length}, ${where}.`
  }
  const measured = requests === undefined ? (rateHz * (durationNs ?? 0)) / 1e9 : requests * flows
  // Each flow is asked once at least.
  const total = Math.ceil((rateHz * warmupNs) / 1e9 + Math.max(flows, measured))
  return `Sends up to ${formatCount(total)} ${what}, ${formatCount(rateHz)} a second, ${where}.`
}
