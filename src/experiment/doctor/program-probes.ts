import { RpbenchError } from '../../errors.js'
import {
  hasCapability,
  hasSeccompFilter,
  isInUserNamespace,
  type Capability,
} from '../../host/capabilities.js'
import { SystemError } from '../../native.js'
import type { BpfReading, Unknown } from '../../recording/trait-readings.js'
import { BpfScope } from '../../steering/bpf.js'
import { LifeSockets } from '../../steering/life-sockets.js'
import { Bench } from '../selectors/bench.js'
import { Mismatch } from '../selectors/outcomes.js'
import { attachByKey, attachClassic } from '../selectors/programs.js'

const SOCKETS = 4
const DATAGRAMS = 5 * SOCKETS
/** Kernels differ in whether attaching takes the second too. */
const NEEDED = ['CAP_BPF', 'CAP_NET_ADMIN'] as const satisfies readonly Capability[]

type Place = (word: number) => number

/** What was made of a program: refused, or attached and obeyed by so many datagrams; or nobody can tell. */
type Found = BpfReading | Unknown

/**
 * Has a program attached to a group of its own, and counts the datagrams that come to the socket that it names.
 * @param attach throws what the kernel says against it
 */
function steered(attach: (sockets: readonly number[]) => Place): Found {
  const bench = new Bench('ipv4')
  try {
    const sockets = bench.openGroup(SOCKETS, { address: bench.loopback })
    const [client] = bench.clients(1)
    const wanted = attach(sockets)
    const words = Array.from({ length: DATAGRAMS }, (_, i) => i % SOCKETS)
    // Where nothing arrives, that says nothing of programs.
    if (placeOf(bench, client!, sockets, 0) === undefined) return { unknown: 'no datagram arrived' }
    const right = words.filter((word) => placeOf(bench, client!, sockets, word) === wanted(word)).length
    return { steered: { right, sent: DATAGRAMS } }
  } catch (error) {
    // Sockets that cannot be had, or not sent from, say nothing of programs.
    if (error instanceof SystemError && !/BPF|bpf/.test(error.syscall)) return { unknown: error.message }
    throw error
  } finally {
    bench.close()
  }
}

function placeOf(bench: Bench, client: number, sockets: readonly number[], word: number): number | undefined {
  try {
    return bench.deliver(client, sockets, word)
  } catch (error) {
    if (error instanceof Mismatch) return undefined
    throw error
  }
}

/** Attaches a classic program that returns the place of the socket. */
export function probeClassicBpf(): Found {
  try {
    return steered((sockets) => {
      attachClassic(sockets[0]!, SOCKETS)
      return (word) => word
    })
  } catch (error) {
    if (error instanceof SystemError) return { refused: error.message }
    throw error
  }
}

/** Loads and attaches a program that selects a socket by its key. */
export function probeExtendedBpf(): Found {
  const scope = new BpfScope('rpbench doctor')
  try {
    return steered((sockets) => {
      const keys = new LifeSockets(scope, SOCKETS)
      sockets.forEach((fd, place) => keys.put(SOCKETS - 1 - place, fd))
      attachByKey(scope, sockets[0]!, keys.fd)
      return (word) => SOCKETS - 1 - word
    })
  } catch (error) {
    const cause = error instanceof RpbenchError ? error.cause : error
    if (!(cause instanceof SystemError)) throw error
    return refusal(cause)
  } finally {
    scope.close()
  }
}

/** Why eBPF is refused, as far as it can be told. */
function refusal(cause: SystemError): BpfReading {
  const missing = isInUserNamespace() ? NEEDED : NEEDED.filter((name) => hasCapability(name) !== true)
  // Who may and is refused all the same, or gets another error than the kernel's own, meets something else.
  const lacking = cause.code === 'EPERM' ? [...missing] : []
  const seccomp = cause.code === 'EPERM' && missing.length === 0 && hasSeccompFilter()
  const why =
    lacking.length > 0
      ? `: this user lacks ${lacking.join(' and ')}${isInUserNamespace() ? ' outside of its user namespace' : ''}`
      : seccomp
        ? ': a seccomp filter forbids it'
        : ''
  return { refused: `${cause.message}${why}`, lacking, seccomp }
}
