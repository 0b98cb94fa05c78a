import { readFileSync } from 'node:fs'
import { loopbackIsUp } from '../../host/addresses.js'
import { kernelText } from '../../host/proc-text.js'
import { SystemError } from '../../native.js'
import type { GroupProbe, SomeReadings, TraitReadings } from '../../recording/trait-readings.js'
import { Bench } from '../selectors/bench.js'
import { Mismatch, NotPossible } from '../selectors/outcomes.js'

const SOCKETS = 4
/** Chance leaves one of four sockets without any of so many flows once in 10^24 times. */
export const FLOWS = 200
const DATAGRAMS = 3
/** Each costs the time that a datagram may take to arrive: then it is clear that they do not. */
const MOST_LOST = 2
const CONNTRACK = '/proc/sys/net/netfilter'

/**
 * Sends from 200 source ports to a group of four sockets over loopback, one flow after another, and looks where the datagrams
 * arrive, and how many entries the connection tracking has more. Takes five descriptors.
 */
export function probeGroup(): Pick<SomeReadings, 'reuseport' | 'affinity' | 'conntrack'> {
  const before = tracked()
  const reuseport = groupReading()
  const after = tracked()
  const conntrack: TraitReadings['conntrack'] | { unknown: string } =
    before === undefined || after === undefined
      ? { loaded: false }
      : 'refused' in reuseport
        ? { unknown: 'nothing was sent' }
        : { loaded: true, entries: Math.max(0, after - before), flows: FLOWS, ...mostTracked() }
  return {
    reuseport,
    affinity: 'refused' in reuseport ? { unknown: 'no datagram was sent' } : reuseport,
    conntrack,
  }
}

function groupReading(): TraitReadings['reuseport'] {
  const bench = new Bench('ipv4')
  const loopbackDown = !loopbackIsUp()
  try {
    return { loopbackDown, ...sendFlows(bench, bench.openGroup(SOCKETS, { address: bench.loopback })) }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return { refused: error.message, loopbackDown }
  } finally {
    bench.close()
  }
}

function sendFlows(bench: Bench, sockets: readonly number[]): GroupProbe {
  const probe: GroupProbe = { perSocket: sockets.map(() => 0), moved: 0, lost: 0 }
  for (let flow = 0; flow < FLOWS && probe.lost < MOST_LOST; flow++) {
    const [client] = bench.clients(1)
    const places = placesOf(bench, client!, sockets)
    bench.closeSocket(client!)
    if (places === undefined) probe.lost++
    else if (new Set(places).size > 1) probe.moved++
    else probe.perSocket[places[0]!]!++
  }
  return probe
}

/** Where the datagrams of a flow arrived; undefined where one did not. */
function placesOf(bench: Bench, client: number, sockets: readonly number[]): number[] | undefined {
  try {
    return Array.from({ length: DATAGRAMS }, () => bench.deliver(client, sockets))
  } catch (error) {
    if (error instanceof Mismatch) return undefined
    throw error
  }
}

const tracked = (): number | undefined => {
  const text = kernelText(`${CONNTRACK}/nf_conntrack_count`)
  return text === undefined ? undefined : Number(text)
}

function mostTracked(): { most?: number } {
  const text = kernelText(`${CONNTRACK}/nf_conntrack_max`)
  return text === undefined ? {} : { most: Number(text) }
}

/** Sends a datagram to ::1 and receives it. */
export function probeIpv6(): TraitReadings['ipv6'] {
  const bench = new Bench('ipv6')
  try {
    const receiver = bench.open({ address: bench.loopback })
    const [client] = bench.clients(1)
    bench.deliver(client!, [receiver])
    return {}
  } catch (error) {
    if (error instanceof SystemError || error instanceof NotPossible || error instanceof Mismatch)
      return { refused: error.message, disabled: ipv6IsOff() }
    throw error
  } finally {
    bench.close()
  }
}

function ipv6IsOff(): boolean {
  try {
    return readFileSync('/proc/sys/net/ipv6/conf/lo/disable_ipv6', 'latin1').trim() === '1'
  } catch {
    return false
  }
}
