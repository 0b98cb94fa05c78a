import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { FAMILIES } from '../../src/units/addresses.js'
import { diagnosed } from '../../src/host/sock-diag.js'
import { findSocketHolders } from '../../src/host/socket-owner.js'
import type { HeldSocket } from '../../src/recording/observation.js'
import { mayLoadEbpf } from '../../src/steering/bpf.js'

const SCRIPT = fileURLToPath(new URL('foreign-group.py', import.meta.url))

/** Whether the kernel can be asked how it has the sockets of a port: this user may, and it describes its types. */
export const mayExplain = mayLoadEbpf() && existsSync('/sys/kernel/btf/vmlinux')

export const hasPython = spawnSync('python3', ['--version']).status === 0

/** A group of processes that are no part of rpbench, each of which answers with its process id. */
export class ForeignGroup {
  private constructor(
    readonly process: ChildProcess,
    readonly lines: AsyncIterator<string>,
    readonly protocol: 'udp' | 'tcp',
    readonly port: number,
    readonly pids: number[],
  ) {}

  static async start(
    protocol: 'udp' | 'tcp',
    count: number,
    { address = '127.0.0.1', ownFilter = false, echo = false } = {},
  ): Promise<ForeignGroup> {
    const args = [
      SCRIPT,
      protocol,
      address,
      '0',
      String(count),
      ...(ownFilter ? ['filter'] : []),
      ...(echo ? ['echo'] : []),
    ]
    const child = spawn('python3', args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const [port = 0, ...pids] = String((await lines.next()).value)
      .split(' ')
      .map(Number)
    return new ForeignGroup(child, lines, protocol, port, pids)
  }

  /** Has another member join. @returns its process */
  async join(): Promise<number> {
    this.process.stdin!.write('\n')
    const pid = Number((await this.lines.next()).value)
    this.pids.push(pid)
    return pid
  }

  /** As whoever looks finds them. */
  sockets(): HeldSocket[] {
    return heldSockets(this.protocol, this.port)
  }

  async end(): Promise<void> {
    const ended = once(this.process, 'exit')
    this.process.stdin!.end()
    await ended
  }
}

/** The sockets on a port, of TCP those that listen, with their holders. */
export function heldSockets(protocol: 'udp' | 'tcp', port: number): HeldSocket[] {
  const rows = FAMILIES.flatMap((family) => diagnosed(protocol, port, family) ?? [])
  const { byInode } = findSocketHolders(rows.map(({ inode }) => inode))
  return rows.map(({ inode, cookie }) => ({ inode, cookie, holders: byInode.get(inode) ?? [] }))
}
