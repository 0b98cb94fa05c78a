import { closeSync, openSync, readFileSync } from 'node:fs'
import { Writable } from 'node:stream'

/** The least of package.json’s `engines`. */
const LEAST_NODE = [20, 19] as const
/** Node's loader opens dozens of modules at a time: what is missing then is a module, and complaints are about anything but files. */
const LEAST_FREE_FILES = 128
/** With what Node has open by itself, and somewhat more. */
const LEAST_OPEN_FILES = 160

/**
 * Why nothing more of the tool should be loaded in this process, as a sentence; undefined where all is well. Without it Node
 * or the framework would say so, in words of theirs.
 */
export function whyNotStart(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]))
    return `Node.js ${process.versions.node} is too old: rpbench needs ${LEAST_NODE.join('.')} or later.`
  return freeFiles() < LEAST_FREE_FILES
    ? `The limit of ${openFileLimit()}open files is too low to start: raise it to ${LEAST_OPEN_FILES} or more with ulimit -n.`
    : undefined
}

/** Why nothing that is printed would be seen, as a sentence; undefined where it would. */
export function whyMute(): string | undefined {
  try {
    // What Node makes of a descriptor whose kind it cannot tell: it takes all and writes nothing.
    if (process.stdout.constructor !== Writable) return undefined
  } catch {
    // It cannot even be made.
  }
  return 'Node.js cannot write to standard output, since a system call is forbidden here, as some seccomp profiles do: allow getsockopt, getsockname and ioctl, or send the output to a file.'
}

/** How many files this process could open now; it stops counting where there are enough. Tried, since no figure tells. */
function freeFiles(): number {
  const opened: number[] = []
  try {
    while (opened.length < LEAST_FREE_FILES) opened.push(openSync('/', 'r'))
  } catch {
    // met the limit of this process, or that of the host
  } finally {
    for (const fd of opened) closeSync(fd)
  }
  return opened.length
}

/** The figure and a space; nothing where it cannot be read. */
function openFileLimit(): string {
  try {
    const limit = /^Max open files\s+(\d+ )/m.exec(readFileSync('/proc/self/limits', 'latin1'))
    return limit?.[1] ?? ''
  } catch {
    return ''
  }
}
