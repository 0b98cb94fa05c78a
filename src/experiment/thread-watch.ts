import type { Group } from '../group/group.js'
import { readThreadTime, threadTimeBetween, type ThreadTime } from '../host/thread-time.js'

/** Watches what the scheduler gave the members' serving threads while a run measured. */
export class ThreadWatch {
  readonly #before: (ThreadTime | undefined)[]
  readonly #beganNs: number

  /** @param nowNs the time, ns since any epoch */
  constructor(
    readonly group: Group,
    readonly nowNs: () => number,
  ) {
    this.#before = this.#read()
    this.#beganNs = nowNs()
  }

  #read(): (ThreadTime | undefined)[] {
    return this.group.seats.map(({ host, leaving }, seat) =>
      leaving ? undefined : readThreadTime(host.pid, this.group.counters.read(seat).threadId),
    )
  }

  /** What passed since it was made: by seat, absent where the kernel does not tell, and how long that is. */
  stop(): { threadTimes: (ThreadTime | undefined)[]; watchedNs: number } {
    const threadTimes = this.#read().map((after, seat) => threadTimeBetween(this.#before[seat], after))
    return { threadTimes, watchedNs: this.nowNs() - this.#beganNs }
  }
}
