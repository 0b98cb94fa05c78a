import { TimeWindows } from '../client/time-windows.js'
import type { WorkerTask } from '../client/protocol.js'
import { TargetGroup } from '../group/target-group.js'
import type { Group } from '../group/group.js'
import { HostCommand } from '../host/command.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { TimedCommand } from '../plan/timed-command.js'
import type { CommandRecording } from '../recording/command-recording.js'
import type { GroupEvent } from '../recording/interval-reading.js'
import type { Counts, Taker } from '../recording/observation.js'
import type { SocketReadersReading } from '../recording/watched-group.js'
import type { Clock } from './testbed.js'

const INTERVAL_NS = 1e6
/** To see who reads the target's sockets goes through all processes of the host: it is done so long before a command is due, that it is not late, and not where the one before is nearer than twice that. */
const LOOK_AHEAD_NS = 300e6

/** What client threads keep by time, so that what a command cost can be told: counts alone, a millisecond each. */
export function traceOf({ flows, rateHz = 1 }: RunPlan): NonNullable<WorkerTask['trace']> {
  const silentNs = (3 * flows * 1e9) / rateHz
  return {
    intervalNs: INTERVAL_NS,
    responseIntervalNs: 1e9,
    gapNs: silentNs,
    windows: TimeWindows.memory(0),
    keptNs: 0,
  }
}

/** Runs commands at their times of the measured phase, and sees which sockets the target had before and after each. */
export class CommandWatch {
  readonly recordings: CommandRecording[] = []
  readonly #running: HostCommand[] = []
  readonly #stopped = new AbortController()
  #watching: Promise<void> = Promise.resolve()
  /** who had taken from the target's sockets when the last command was started */
  #takers: readonly Taker[] | undefined

  constructor(
    readonly commands: readonly TimedCommand[],
    readonly group: Group,
    readonly clock: Clock,
  ) {}

  start(startNs: number): void {
    this.#watching = this.#run(startNs)
  }

  async #run(startNs: number): Promise<void> {
    const until = async (atNs: number): Promise<boolean> => {
      await this.clock.wait((startNs + atNs - this.clock.nowNs()) / 1e6, this.#stopped.signal)
      return !this.#stopped.signal.aborted
    }
    for (const [i, { atNs, command }] of this.commands.entries()) {
      const sinceNs = atNs - (this.commands[i - 1]?.atNs ?? 0)
      const looks = sinceNs >= 2 * LOOK_AHEAD_NS
      if (looks && !(await until(atNs - LOOK_AHEAD_NS))) return
      const readers = looks ? this.#readers() : undefined
      if (!(await until(atNs))) return
      this.#seeAfter(readers)
      const before = this.#sockets()
      const recording: CommandRecording = { command, dueNs: atNs, startedNs: this.clock.nowNs(), output: '' }
      if (before) recording.sockets = { before, after: before }
      if (readers) recording.readers = { before: readers, after: readers }
      if (this.group instanceof TargetGroup) this.#takers = this.group.takers()
      const counts = this.#counts()
      if (counts) recording.counts = counts
      this.recordings.push(recording)
      void this.#follow(new HostCommand(command), recording)
    }
  }

  async #follow(run: HostCommand, recording: CommandRecording): Promise<void> {
    this.#running.push(run)
    const end = await run.ended
    recording.output = run.output
    if (this.#stopped.signal.aborted) return
    recording.endedNs = this.clock.nowNs()
    Object.assign(recording, end)
  }

  #sockets(): readonly number[] | undefined {
    return this.group instanceof TargetGroup ? this.group.inodes() : undefined
  }

  /** Those that took since the last command, and those that wait. */
  #readers(): readonly SocketReadersReading[] | undefined {
    return this.group instanceof TargetGroup ? this.group.readersNow(this.#takers) : undefined
  }

  #counts(): Counts | undefined {
    return this.group instanceof TargetGroup ? this.group.counts() : undefined
  }

  #seeAfter(readers: readonly SocketReadersReading[] | undefined): void {
    const last = this.recordings.at(-1)
    const after = this.#sockets()
    if (last?.sockets && after) last.sockets = { ...last.sockets, after }
    if (last?.readers && readers) last.readers = { ...last.readers, after: readers }
    else delete last?.readers
  }

  /** The measured phase is over: what still runs is ended. */
  async stop(): Promise<void> {
    if (this.#stopped.signal.aborted) return
    this.#seeAfter(this.#readers())
    this.#stopped.abort()
    await this.#watching
    await Promise.all(this.#running.map((run) => run.stop()))
  }

  /** What they are among the marks of intervals. */
  get events(): GroupEvent[] {
    return this.recordings.map(({ command, startedNs }) => ({
      kind: 'change',
      atNs: startedNs,
      change: command,
    }))
  }
}
