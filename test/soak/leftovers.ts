import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findSocketOwners } from '../../src/host/socket-owner.js'
import { readSocketsOnPort } from '../../src/host/udp-sockets.js'
import { ROOT } from './root.js'

/** Lists the kernel's BPF programs; undefined where this user may not, or nothing is there to compile it with. */
export function compileBpfList(): (() => number[]) | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'rpbench-soak-bpf-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const binary = path.join(folder, 'bpf-objects')
  const list = (): number[] =>
    execFileSync(binary, { encoding: 'utf8' }).split('\n').filter(Boolean).map(Number)
  try {
    execFileSync('cc', ['-O1', '-o', binary, path.join(ROOT, 'test/soak/bpf-objects.c')])
    list()
    return list
  } catch {
    return undefined
  }
}

/** What the processes of a case had that outlives a process. */
export class Belongings {
  readonly #programs = new Set<number>()
  readonly #namespaces = new Set<string>()

  constructor(
    readonly ownNamespace: string,
    readonly bpfList: (() => number[]) | undefined,
  ) {}

  /** Notes what a process has now. */
  look(pid: number): void {
    try {
      const namespace = readlinkSync(`/proc/${pid}/ns/net`)
      if (namespace !== this.ownNamespace) this.#namespaces.add(namespace)
      if (this.bpfList === undefined) return
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (readlinkSync(`/proc/${pid}/fd/${fd}`) !== 'anon_inode:bpf-prog') continue
        const id = /^prog_id:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1]
        if (id) this.#programs.add(Number(id))
      }
    } catch {
      // It has ended, or closed what was being looked at.
    }
  }

  /**
   * What of it is still there, once no process of the case is, as phrases.
   * @param port of its group, where it told
   * @param boundMs how long the kernel may take to forget what a process held that has ended
   */
  async left(port: number | undefined, boundMs: number): Promise<string[]> {
    const end = performance.now() + boundMs
    for (;;) {
      const left = [...this.#leftPrograms(), ...this.#leftNamespaces(), ...leftSockets(port)]
      if (left.length === 0 || performance.now() > end) return left
      await delay(50)
    }
  }

  /** Programs of it that are still loaded. @param boundMs as of `left` */
  async leftPrograms(boundMs: number): Promise<string[]> {
    const end = performance.now() + boundMs
    for (let left = this.#leftPrograms(); ; left = this.#leftPrograms()) {
      if (left.length === 0 || performance.now() > end) return left
      await delay(50)
    }
  }

  #leftPrograms(): string[] {
    if (this.#programs.size === 0) return []
    const loaded = new Set(this.bpfList?.())
    return [...this.#programs].filter((id) => loaded.has(id)).map((id) => `BPF program ${id}`)
  }

  /** Namespaces are kept by processes, and by files that are bound to them. */
  #leftNamespaces(): string[] {
    if (this.#namespaces.size === 0) return []
    const held = new Set(readFileSync('/proc/self/mountinfo', 'utf8').match(/net:\[\d+\]/g))
    return [...this.#namespaces].filter((name) => held.has(name)).map((name) => `network namespace ${name}`)
  }
}

/** Sockets on a port that no process holds. */
function leftSockets(port: number | undefined): string[] {
  if (port === undefined) return []
  const sockets = readSocketsOnPort(port).filter(({ inode }) => inode !== 0)
  const owners = findSocketOwners(sockets.map(({ inode }) => inode))
  return sockets
    .filter(({ inode }) => !owners.has(inode))
    .map(({ address, inode }) => `socket ${inode} on ${address}, port ${port}`)
}

/** Names in /dev/shm, where shared memory with a name would stand; without what `rpbench attach` notes there, which no case runs. */
export function sharedMemoryNames(): Set<string> {
  try {
    return new Set(readdirSync('/dev/shm').filter((name) => /rpbench(?!-attach)/.test(name)))
  } catch {
    return new Set()
  }
}
