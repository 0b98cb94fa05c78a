import { SystemError } from '../../native.js'
import type { SelectorsResult } from '../../result/verify-result.js'
import type { Family } from '../../units/addresses.js'
import { Bench } from './bench.js'
import { Mismatch, NotPossible } from './outcomes.js'
import { StreamBench } from './stream-bench.js'

/** One thing that the kernel is said to do, and how to find out. */
export interface SelectorCase {
  id: string
  /** what the kernel does, as one clause */
  claim: string
  /** of the sockets for which the test asks for no address */
  family?: Family
  /** udp when absent */
  protocol?: 'udp' | 'tcp'
  /**
   * Puts it to the test.
   * @throws Mismatch if the kernel does otherwise, NotPossible if it cannot be tested here
   */
  test: (bench: Bench) => void
}

/** The same case over each family; over IPv6 its id says so. */
export function overBothFamilies(one: SelectorCase): SelectorCase[] {
  return [one, { ...one, id: `${one.id}-ipv6`, family: 'ipv6' }]
}

/** The same case over UDP and over TCP, whose listeners stand in the array in the order of listen(); over TCP its id says so. */
export function overBothProtocols(one: SelectorCase): SelectorCase[] {
  const claim = one.claim.replaceAll('datagram', 'connection').replace('was bound n-th', 'listened n-th')
  return [one, { ...one, id: `${one.id}-tcp`, claim, protocol: 'tcp' }]
}

/** @throws Mismatch unless each datagram went to the place that it was meant to */
export function expectSame(what: string, got: readonly number[], wanted: readonly number[]): void {
  const at = wanted.findIndex((place, i) => got[i] !== place)
  if (at >= 0)
    throw new Mismatch(`${what}: number ${at} went to socket ${got[at]} instead of socket ${wanted[at]}`)
}

/** Runs one case on sockets of its own. */
export function runCase({
  id,
  claim,
  test,
  family = 'ipv4',
  protocol = 'udp',
}: SelectorCase): SelectorsResult['cases'][number] {
  const bench = protocol === 'tcp' ? new StreamBench(family) : new Bench(family)
  try {
    test(bench)
    return { id, outcome: 'pass', why: claim }
  } catch (error) {
    // A system call that this user or kernel refuses.
    if (error instanceof NotPossible || error instanceof SystemError)
      return { id, outcome: 'not-possible', why: error.message }
    if (error instanceof Mismatch) return { id, outcome: 'fail', why: `${error.message}; expected: ${claim}` }
    throw error
  } finally {
    bench.close()
  }
}
