import { describeOwners, findSocketHolders } from '../host/socket-owner.js'
import { overlaps, type UdpSocket } from '../host/udp-table.js'
import type { SeenSocket } from '../recording/group-recording.js'
import type { HeldSocket } from '../recording/observation.js'
import { isWildcard, type Endpoint } from '../units/addresses.js'
import { boundSockets } from './bound-sockets.js'

/** What is kept of a socket between two looks. */
interface Kept extends SeenSocket {
  drops: number
  dropsAtFirst: number
}

/**
 * Those of the sockets on a port that are asked at an address: the kernel takes those that are bound to the address itself before
 * any that is bound to all (net/ipv4/udp.c, compute_score).
 */
export function askedAt(sockets: readonly UdpSocket[], address: string): UdpSocket[] {
  const taking = sockets.filter((socket) => overlaps(socket, { address }))
  const own = taking.filter((socket) => !isWildcard(socket.address))
  return own.length > 0 ? own : taking
}

/** The sockets of a server that is not ours, of TCP its listeners, as the kernel shows them from outside: to any user, and at no cost to the server. */
export class TargetSockets {
  readonly #kept = new Map<number, Kept>()
  #seen: UdpSocket[] = []

  constructor(
    readonly target: Endpoint,
    readonly protocol: 'udp' | 'tcp',
  ) {}

  /** Looks at them now. */
  look(): void {
    const { address, port } = this.target
    // Those of IPv6 may take IPv4 too.
    this.#seen = askedAt(boundSockets(port, this), address)
  }

  /** The measured phase begins: what was dropped before does not count. */
  begin(): void {
    this.look()
    const owners = describeOwners(this.#seen)
    for (const { inode, drops } of this.#seen)
      this.#kept.set(inode, {
        inode,
        owner: owners.get(inode)!,
        drops: 0,
        dropsAtFirst: drops,
        atBegin: true,
        atEnd: true,
      })
  }

  /**
   * Notes what has come of them since. One that opened meanwhile dropped all that it did in this phase.
   * @returns whether some did
   */
  note(): boolean {
    this.look()
    const fresh = this.#seen.filter(({ inode }) => !this.#kept.has(inode))
    const owners = describeOwners(fresh)
    for (const { inode } of fresh)
      this.#kept.set(inode, {
        inode,
        owner: owners.get(inode)!,
        drops: 0,
        dropsAtFirst: 0,
        atBegin: false,
        atEnd: true,
      })
    for (const kept of this.#kept.values()) {
      const seen = this.#seen.find(({ inode }) => inode === kept.inode)
      kept.atEnd = seen !== undefined
      if (seen) kept.drops = seen.drops - kept.dropsAtFirst
    }
    return fresh.length > 0
  }

  /** Those of the last look, with who holds them, as well as this user may know. */
  held(): HeldSocket[] {
    const { byInode } = findSocketHolders(this.#seen.map(({ inode }) => inode))
    return this.#seen.map(({ inode, cookie }) => ({
      inode,
      ...(cookie !== undefined && { cookie }),
      holders: byInode.get(inode) ?? [],
    }))
  }

  /** Whether nothing waits at any of them, as of the last look. */
  get empty(): boolean {
    return this.#seen.every(({ queuedBytes }) => queuedBytes === 0)
  }

  /** As of the last look. */
  get inodes(): number[] {
    return this.#seen.map(({ inode }) => inode)
  }

  /** In the measured phase so far, as of the last note; undefined of TCP, where what a listener drops is no request. */
  get drops(): number | undefined {
    if (this.protocol === 'tcp') return undefined
    return [...this.#kept.values()].reduce((sum, { drops }) => sum + drops, 0)
  }

  get all(): SeenSocket[] {
    return [...this.#kept.values()].map(({ dropsAtFirst: _apart, drops, ...socket }) => ({
      ...socket,
      ...(this.protocol === 'udp' && { drops }),
    }))
  }
}
