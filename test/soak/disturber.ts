import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { openSocket } from '../../src/host/transport.js'
import { addon, SO_REUSEPORT, SOL_SOCKET } from '../../src/native.js'
import { ROOT } from './root.js'
import type { Beside } from './company.js'
import type { Enclosure } from './enclosure.js'
import type { CaseOutcome } from './judgement.js'
import type { Disturbance } from './soak-case.js'

type Kind<K extends Disturbance['kind']> = Extract<Disturbance, { kind: K }>

/** A group of others is there before the tool: by then that looks at it. */
const STARTED_MS = 700

/** Does to a running tool what a case says, when its time has come, and undoes it. */
export class Disturber {
  readonly #waiting: Disturbance[]
  /** what undoes what was done, with its time */
  #undo: { atMs: number; undo: () => void }[] = []
  #membersAtMs: number | undefined

  /** @param pid of the tool */
  constructor(
    disturbances: readonly Disturbance[],
    readonly pid: number,
    readonly enclosure: Enclosure,
    readonly outcome: CaseOutcome,
    /** who has the members, where they are not the tool's */
    readonly beside?: Beside,
  ) {
    this.#waiting = [...disturbances]
  }

  /** Does and undoes all that is due. @param ms since the tool was started */
  step(ms: number): void {
    const watches = this.#ofOthers === undefined || ms >= STARTED_MS
    if (this.#membersAtMs === undefined && watches && this.#members().length > 0) {
      this.#membersAtMs = ms
      this.outcome.membersSeen = true
    }
    this.#undoUntil(ms)
    for (const disturbance of this.#waiting.filter((one) => this.#isDue(one, ms)))
      if (this.#disturb(disturbance, ms)) this.#waiting.splice(this.#waiting.indexOf(disturbance), 1)
  }

  /** Undoes all. */
  end(): void {
    this.#undoUntil(Infinity)
  }

  #undoUntil(ms: number): void {
    const due = this.#undo.filter(({ atMs }) => atMs <= ms)
    this.#undo = this.#undo.filter(({ atMs }) => atMs > ms)
    for (const { undo } of due) undo()
  }

  #isDue({ at }: Disturbance, ms: number): boolean {
    const from = at.after === 'start' ? 0 : this.#membersAtMs
    return from !== undefined && ms >= from + at.ms
  }

  /** @returns whether it was done, or is not to be tried again */
  #disturb(disturbance: Disturbance, ms: number): boolean {
    if (disturbance.kind === 'member') return this.#harm(disturbance, ms)
    if (disturbance.kind === 'signal') this.#signal(disturbance)
    else if (disturbance.kind === 'joiner') this.#join(disturbance, ms)
    else if (disturbance.kind === 'file') writeFileSync(disturbance.file, '')
    else sendStrangers(disturbance)
    return true
  }

  /** Of the group that is watched; undefined of one of the tool's own. */
  get #ofOthers(): number[] | undefined {
    return this.beside?.port === undefined ? undefined : this.beside.running
  }

  #members(): number[] {
    return this.#ofOthers ?? this.enclosure.members()
  }

  #signal({ name }: Kind<'signal'>): void {
    // A group of others says nothing of how far the tool is.
    const withMembers = this.enclosure.members().length > 0
    if (send(this.pid, name)) this.outcome.signals.push({ name, withMembers })
  }

  #harm({ which, fault, forMs }: Kind<'member'>, ms: number): boolean {
    const members = this.#members()
    const member = members[which % members.length]
    if (member === undefined) return false
    // What is not the tool's must not get into its group of processes.
    if (fault === 'freeze' && this.#ofOthers === undefined) {
      const thaw = this.enclosure.freeze(member)
      if (thaw === undefined) return true
      this.#undo.push({ atMs: Infinity, undo: thaw })
    } else if (fault === 'trace') {
      this.#undo.push({ atMs: Infinity, undo: heldByDebugger(member) })
    } else if (!send(member, fault === 'kill' ? 'SIGKILL' : 'SIGSTOP')) return true
    if (fault === 'stop-continue')
      this.#undo.push({ atMs: ms + forMs, undo: () => void send(member, 'SIGCONT') })
    this.outcome.faults++
    return true
  }

  #join({ port, forMs }: Kind<'joiner'>, ms: number): void {
    const fd = openSocket({ address: '127.0.0.1' })
    addon.setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1)
    if (addon.bind(fd, '127.0.0.1', port) === 0) this.outcome.joined++
    this.#undo.push({ atMs: ms + forMs, undo: () => void addon.close(fd) })
  }
}

function send(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false // it has ended
  }
}

/** @returns what lets it go again */
function heldByDebugger(pid: number): () => void {
  const holder = spawn('python3', [path.join(ROOT, 'test/hold-thread.py'), String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  return () => void holder.kill('SIGKILL')
}

function sendStrangers({ port, count }: Kind<'datagrams'>): void {
  const socket = createSocket('udp4')
  let left = count
  const sent = (): void => {
    if (--left === 0) socket.close()
  }
  for (let i = 0; i < count; i++) socket.send(Buffer.alloc(i % 200, i), port, '127.0.0.1', sent)
}
