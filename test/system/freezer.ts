import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A control group whose processes can be frozen: they stand still, and cannot be killed under v1 until it thaws. */
export class Freezer {
  private constructor(
    readonly directory: string,
    readonly version: 1 | 2,
  ) {}

  /** Undefined where none can be made: without root, or where cgroups are not mounted to be written. */
  static make(): Freezer | undefined {
    const name = `rpbench-test-${process.pid}`
    for (const [top, file, version] of [
      ['/sys/fs/cgroup/freezer', 'freezer.state', 1],
      ['/sys/fs/cgroup', 'cgroup.freeze', 2],
    ] as const) {
      const directory = join(top, name)
      try {
        mkdirSync(directory)
        if (existsSync(join(directory, file))) return new Freezer(directory, version)
        rmdirSync(directory)
      } catch {
        // Not mounted here, or not ours.
      }
    }
    return undefined
  }

  freeze(pid: number): void {
    writeFileSync(join(this.directory, 'cgroup.procs'), String(pid))
    this.#set(true)
  }

  thaw(): void {
    this.#set(false)
  }

  /** Once nothing is left in it. */
  remove(): void {
    rmdirSync(this.directory)
  }

  #set(frozen: boolean): void {
    if (this.version === 1) writeFileSync(join(this.directory, 'freezer.state'), frozen ? 'FROZEN' : 'THAWED')
    else writeFileSync(join(this.directory, 'cgroup.freeze'), frozen ? '1' : '0')
  }
}
