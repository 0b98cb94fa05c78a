import { jhash3Words } from './jhash.js'

/**
 * Entries of the lookup table, a power of two so that the program scales a hash by a shift. A member's share of the
 * entries differs from 1/n by √(n / entries) at one standard deviation: 0.8 % of it at 4 members, 6 % at 256.
 */
export const TABLE_BITS = 16
export const TABLE_ENTRIES = 2 ** TABLE_BITS

/** Apart from any seed that the kernel uses, so that rank and hash have nothing to do with each other. */
const SEED = 0x72_70_62_65

/** How high an entry ranks a member. */
const rank = (entry: number, member: number): number => jhash3Words(entry, member, 0, SEED)

/**
 * The member of one entry of the lookup table: which of those that are there it ranks first.
 * @param members indexes of those that are there in ascending order, at least one: equal ranks, one in 2^32, are settled
 *   by it the same way whoever came first
 */
export function rendezvousMember(entry: number, members: readonly number[]): number {
  let best = -1
  let first = -1
  for (const member of members) {
    const height = rank(entry, member)
    if (height > best) {
      best = height
      first = member
    }
  }
  return first
}

/**
 * Which member has each entry of the lookup table: rendezvous hashing, entry by entry. An entry ranks all members in an
 * order of its own and takes the first that is there. So a newcomer takes 1/(n+1) of the entries and no other entry
 * moves; when one leaves only its entries move, evenly to all; when it comes back it gets exactly those back.
 *
 * Why not Maglev's table: that is more even (every member within one entry of M/n), but moves entries between members
 * that stay, a percent or so. Here the question is what moves, and √(n/M) of unevenness is below what the hash itself
 * has with any number of flows up to M.
 * Source: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM ToN 6(1), 1998;
 * Eisenbud et al., "Maglev", NSDI 2016, § 3.4.
 *
 * @param members indexes of those that are there, at least one
 * @returns [entries]: member
 */
export function rendezvousTable(members: readonly number[]): Uint32Array {
  const ascending = members.toSorted((a, b) => a - b)
  const table = new Uint32Array(TABLE_ENTRIES)
  for (let entry = 0; entry < TABLE_ENTRIES; entry++) table[entry] = rendezvousMember(entry, ascending)
  return table
}
