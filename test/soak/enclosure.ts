import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning } from '../system/process-table.js'

/** Where groups of processes can be made: hierarchies of version 1, then the one of version 2. */
const HIERARCHIES = ['freezer', 'pids', '', 'unified'].map((name) => path.join('/sys/fs/cgroup', name))

/** The files by which a group is frozen and thawed. */
const FREEZERS = [
  { file: 'freezer.state', frozen: 'FROZEN', thawed: 'THAWED' },
  { file: 'cgroup.freeze', frozen: '1', thawed: '0' },
] as const

/**
 * Holds all that a case starts. Descendants are found by their cgroup, and by their session where none can be made:
 * the environment of members is empty, and one that lost its parent is no child of the tool any more.
 */
export class Enclosure {
  private constructor(
    readonly group: string | undefined,
    /** of the tool, which leads it; 0 until it was started */
    public session: number,
  ) {}

  /** @param name of a group, which must be new */
  static open(name: string): Enclosure {
    for (const hierarchy of HIERARCHIES) {
      const group = path.join(hierarchy, name)
      try {
        mkdirSync(group)
        if (existsSync(path.join(group, 'cgroup.procs'))) return new Enclosure(group, 0)
        rmdirSync(group)
      } catch {
        // This one is not there, or not ours to use.
      }
    }
    return new Enclosure(undefined, 0)
  }

  /** What a shell does before it becomes the tool. */
  get entering(): string {
    return this.group === undefined ? 'true' : `echo $$ > ${this.group}/cgroup.procs`
  }

  /** All processes of the case that run. */
  pids(): number[] {
    const inside =
      this.group === undefined ? [] : [this.group, path.join(this.group, 'frozen')].flatMap(procsOf)
    return [...new Set([...inside, ...sessionOf(this.session)])].filter((pid) => isRunning(pid))
  }

  /** The members among them, and fronts, in the order of their start. */
  members(): number[] {
    return this.pids()
      .filter((pid) => /group\/(member|front)\.cjs/.test(argumentsOf(pid)))
      .toSorted((a, b) => a - b)
  }

  /** Freezes a process. @returns what thaws it; undefined where there is no freezer */
  freeze(pid: number): (() => void) | undefined {
    if (this.group === undefined) return undefined
    const inner = path.join(this.group, 'frozen')
    mkdirSync(inner, { recursive: true })
    const freezer = FREEZERS.find(({ file }) => existsSync(path.join(inner, file)))
    if (freezer === undefined) return undefined
    const file = path.join(inner, freezer.file)
    try {
      writeFileSync(path.join(inner, 'cgroup.procs'), `${pid}`)
      writeFileSync(file, freezer.frozen)
    } catch {
      return undefined // it has just ended
    }
    return () => writeFileSync(file, freezer.thawed)
  }

  /** Kills whatever is left. @returns the arguments of what there was */
  async clear(): Promise<string[]> {
    const left = this.pids().map((pid) => `${pid} (${argumentsOf(pid).slice(0, 200)})`)
    for (let pids = this.pids(); pids.length > 0; pids = this.pids()) {
      for (const pid of pids) killOne(pid)
      await delay(10)
    }
    return left
  }

  /** Removes the group, which must be empty. */
  async close(): Promise<void> {
    if (this.group === undefined) return
    for (const group of [path.join(this.group, 'frozen'), this.group])
      for (let attempt = 0; existsSync(group) && attempt < 200; attempt++)
        try {
          rmdirSync(group)
        } catch {
          // The kernel takes a moment to forget one that has ended.
          await delay(10)
        }
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

function procsOf(group: string): number[] {
  try {
    return readFileSync(path.join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** The processes of a session, from field 6 of /proc/<pid>/stat. */
function sessionOf(session: number): number[] {
  if (session === 0) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
        return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[3]) === session
      } catch {
        return false
      }
    })
}

function argumentsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}
