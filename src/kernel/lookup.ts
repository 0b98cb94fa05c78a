import { nextPseudoRandom32, reciprocalScale } from './reciprocal-scale.js'

/**
 * How the kernel picks one socket of a group, named after the first release that did so (UDP):
 * - `3.8`: no sharing. The lookup keeps a socket only if its score is strictly higher than the best so far, and all
 *   members score the same, so the first of the hash chain gets everything. Sockets enter the chain at its head:
 *   that is the newest. (SO_REUSEPORT itself came in 3.9; before, several UDP sockets shared a port by SO_REUSEADDR.)
 *   Source: `__udp4_lib_lookup`, `udp4_lib_lookup2`, `udp_lib_get_port`, net/ipv4/udp.c (Linux 3.8).
 * - `3.9`: the chain is walked from its newest member to its oldest, and each further one replaces the choice when
 *   the running pseudo-random number falls into its share. TCP did so until 4.5.
 *   Source: the same functions (Linux 3.9 – 4.4).
 * - `4.5`: an array, indexed by the scaled hash. TCP follows in 4.6.
 *   Source: `reuseport_select_sock`, net/core/sock_reuseport.c (Linux 4.5 and later).
 */
export type SelectionRule = '3.8' | '3.9' | '4.5'

/**
 * The index of the socket that a hash (u32) selects among n ≥ 1 sockets.
 * For `3.8` and `3.9` index 0 is the oldest socket (the chain's tail) and n − 1 the newest (its head);
 * for `4.5` it is the index in the group's array.
 */
export function selectIndex(rule: SelectionRule, hash: number, n: number): number {
  return SELECT[rule](hash, n)
}

const SELECT: Readonly<Record<SelectionRule, (hash: number, n: number) => number>> = {
  '3.8': (_hash, n) => n - 1,
  '3.9': walkChain,
  '4.5': reciprocalScale,
}

function walkChain(hash: number, n: number): number {
  let selected = n - 1
  let running = hash
  for (let matches = 2; matches <= n; matches++) {
    if (reciprocalScale(running, matches) === 0) selected = n - matches
    running = nextPseudoRandom32(running)
  }
  return selected
}

/**
 * Where each of the given hashes lands among n sockets, for every n up to `most`: `result[n][i]` is
 * `selectIndex(rule, hashes[i], n)`. Whether a step of the chain walk replaces the choice does not depend on how many
 * steps follow, so one walk answers for all n.
 */
export function placements(rule: SelectionRule, hashes: Uint32Array, most: number): Uint16Array[] {
  const result = Array.from({ length: most + 1 }, () => new Uint16Array(hashes.length))
  for (const [i, hash] of hashes.entries()) {
    let lastMatch = 1
    let running = hash
    for (let n = 2; n <= most; n++) {
      if (rule !== '3.9') result[n]![i] = selectIndex(rule, hash, n)
      else {
        if (reciprocalScale(running, n) === 0) lastMatch = n
        result[n]![i] = n - lastMatch
        running = nextPseudoRandom32(running)
      }
    }
  }
  return result
}
