import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './system/process-table.js'

/** How a group of each version of cgroups is frozen. */
const VERSIONS = {
  v1: { file: 'freezer.state', freeze: 'FROZEN', thaw: 'THAWED', mount: / - cgroup cgroup \S*\bfreezer\b/ },
  v2: { file: 'cgroup.freeze', freeze: '1', thaw: '0', mount: / - cgroup2 / },
} as const
export type FreezerVersion = keyof typeof VERSIONS

let made = 0

/** A cgroup of a test's own that can freeze processes, and threads. */
export class Freezer {
  private constructor(
    readonly version: FreezerVersion,
    readonly directory: string,
  ) {}

  /** Undefined where this host has none of this version, or this user may make none. */
  static make(version: FreezerVersion): Freezer | undefined {
    const mountinfo = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
    const point = mountinfo.find((line) => VERSIONS[version].mount.test(line))?.split(' ')[4]
    if (point === undefined) return undefined
    const directory = join(point, `rpbench-test-${process.pid}-${made++}`)
    try {
      mkdirSync(directory)
      readFileSync(join(directory, VERSIONS[version].file))
      return new Freezer(version, directory)
    } catch {
      return undefined
    }
  }

  /** Whether one of this version can be had. */
  static has(version: FreezerVersion): boolean {
    const freezer = Freezer.make(version)
    if (freezer) rmdirSync(freezer.directory)
    return freezer !== undefined
  }

  #write(text: string): void {
    writeFileSync(join(this.directory, VERSIONS[this.version].file), text)
  }

  /** Takes a process in, or only one thread of it (version 1), and freezes it. */
  freeze(id: number, what: 'process' | 'thread' = 'process'): void {
    writeFileSync(join(this.directory, what === 'process' ? 'cgroup.procs' : 'tasks'), String(id))
    this.#write(VERSIONS[this.version].freeze)
  }

  thaw(): void {
    this.#write(VERSIONS[this.version].thaw)
  }

  /** Thaws what is in it, waits until that has ended, and takes the group away. */
  async remove(): Promise<void> {
    this.thaw()
    const empty = (): boolean => readFileSync(join(this.directory, 'cgroup.procs'), 'utf8') === ''
    await until('nothing is left in the freezer', empty)
    rmdirSync(this.directory)
  }
}
