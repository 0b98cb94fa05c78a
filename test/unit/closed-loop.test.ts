import { describe, expect, it } from 'vitest'
import { ClosedLoop, type ClosedLoopOptions, type FlowSilence } from '../../src/client/closed-loop.js'
import { ConnectionTurns } from '../../src/client/connection-turns.js'
import type { Source } from '../../src/client/driver.js'
import { createSource } from '../../src/client/create-source.js'
import type { WorkerTask } from '../../src/client/protocol.js'
import { WeightedLoop } from '../../src/client/weighted-loop.js'

/** A closed loop with somebody who answers: lanes in flight, oldest first. */
class Exercise {
  readonly source: Source
  readonly inFlight: number[] = []
  readonly asked: number[]

  constructor(options: ClosedLoopOptions) {
    this.source = new ClosedLoop(options)
    this.source.start(0)
    this.asked = Array.from({ length: options.flows }, () => 0)
  }

  /** Asks what is due now. @returns the lanes */
  ask(nowNs = 0, batch = 256): number[] {
    const lanes = new Int32Array(batch)
    const count = this.source.due(nowNs, this.inFlight.length, lanes, new Float64Array(batch))
    const due = [...lanes.subarray(0, count)]
    for (const lane of due) this.asked[lane]!++
    this.inFlight.push(...due)
    return due
  }

  /** Answers the request in flight at this place of the line. */
  answer(at = 0): void {
    const [lane] = this.inFlight.splice(at, 1)
    this.source.release(lane!)
  }

  /** Gives up the request in flight at this place of the line. */
  giveUp(at = 0): void {
    const [lane] = this.inFlight.splice(at, 1)
    this.source.givenUp(lane!)
  }

  /** Gives up all that is in flight, as a deadline does. */
  deadline(): void {
    while (this.inFlight.length > 0) this.giveUp()
  }

  /** Asks and answers until nothing is left to do, or `turns` are over. */
  run(turns: number, pick: (turn: number) => number = () => 0): void {
    for (let turn = 0; turn < turns; turn++) {
      this.ask()
      if (this.inFlight.length === 0) return
      this.answer(pick(turn) % this.inFlight.length)
    }
  }
}

/** The lanes of one round over 50 flows, each request answered before more are due. */
function visits(): number[] {
  const loop = new Exercise({ flows: 50, inFlight: 5, durationNs: 1e9 })
  const order: number[] = []
  while (order.length < 50) {
    order.push(...loop.ask())
    while (loop.inFlight.length > 0) loop.answer()
  }
  return order
}

/** A loop of four lanes, two in flight, each of whose turns is a connection of three requests. */
class Turns {
  readonly source: Source
  readonly lanes = new Int32Array(64)
  waiting = 0

  constructor(options: Partial<ClosedLoopOptions>) {
    const loop = new ClosedLoop({ flows: 4, inFlight: 2, ...options })
    this.source = new ConnectionTurns(loop, 4, 3, options.requestsPerFlow !== undefined)
    this.source.start(0)
  }

  due(nowNs = 0): number[] {
    const count = this.source.due(nowNs, this.waiting, this.lanes, new Float64Array(64))
    this.waiting += count
    return [...this.lanes.subarray(0, count)]
  }

  answer(lane: number): void {
    this.waiting--
    this.source.release(lane)
  }

  giveUp(lane: number): void {
    this.waiting--
    this.source.givenUp(lane)
  }
}

/** The only worker of a load. */
const PLACE = { index: 0, of: 1 }

describe('a loop of connections', () => {
  it('has all requests of a connection one after another, before another flow has its turn', () => {
    const turns = new Turns({ durationNs: 1e9 })
    const asked = [turns.due()]
    for (let i = 0; i < 7; i++) {
      turns.answer(asked.at(-1)![0]!)
      asked.push(turns.due())
    }
    expect(asked).toEqual([[0, 1], [0], [0], [2], [2], [2], [3], [3]])
  })
  it('ends a turn with a request that was given up', () => {
    const turns = new Turns({ durationNs: 1e9 })
    expect(turns.due()).toEqual([0, 1])
    turns.giveUp(0)
    expect(turns.due()).toEqual([2])
    turns.answer(1)
    expect(turns.due()).toEqual([1])
  })
  it('is over when its time is, whatever turns are not', () => {
    const turns = new Turns({ durationNs: 1e9 })
    for (let i = 0; i < 20; i++) turns.due().forEach((lane) => turns.answer(lane))
    turns.due()
    expect(turns.source.finished(2e9)).toBe(true)
  })
  it('asks each flow as often as it should, to the end of its last turn', () => {
    const turns = new Turns({ requestsPerFlow: 2 })
    const asked = [0, 0, 0, 0]
    while (!turns.source.finished(0)) {
      for (const lane of turns.due()) {
        asked[lane]!++
        turns.answer(lane)
      }
    }
    expect(asked).toEqual([6, 6, 6, 6])
    expect(turns.due()).toEqual([])
  })
  it('has one turn of a flow at a time, also where more could be in flight', () => {
    const task = {
      inFlight: 64,
      requestsPerFlow: 4,
      requestsPerConnection: 2,
      timeoutNs: 1e9,
      seed: 1,
      place: PLACE,
    }
    const input = { flows: 3, from: 0, salt: 0, durationNs: undefined, memberOf: () => -1 }
    const source = createSource(task as unknown as WorkerTask, input)
    source.start(0)
    const lanes = new Int32Array(64)
    const asked = [0, 0, 0]
    for (let looks = 0; looks < 20 && !source.finished(0); looks++) {
      const due = [...lanes.subarray(0, source.due(0, 0, lanes, new Float64Array(64)))]
      expect(new Set(due).size).toBe(due.length)
      for (const lane of due) {
        asked[lane]!++
        source.release(lane)
      }
    }
    expect(source.finished(0)).toBe(true)
    expect(asked).toEqual([4, 4, 4])
  })
  it('does not let the engine ask again by itself', () =>
    expect(new Turns({ durationNs: 1e9 }).source.asksAgain(0, 2)).toBe(false))
})

/** One of a hundred flows, of which some had a turn. */
const begun = (strictly: boolean): ClosedLoop => {
  const loop = new ClosedLoop({ flows: 100, inFlight: 8, durationNs: 1e9, strictly })
  loop.start(0)
  loop.due(0, 0, new Int32Array(64))
  return loop
}

describe('a closed loop', () => {
  it('ends when its time is over, whatever flows had no turn, where it is to end strictly', () => {
    expect([begun(true).finished(2e9), begun(true).finished(0.5e9)]).toEqual([true, false])
    expect(begun(false).finished(2e9)).toBe(false)
  })
  it('keeps as many requests in flight as it was told, and no more', () => {
    const loop = new Exercise({ flows: 100, inFlight: 8, durationNs: 1e9 })
    expect(loop.ask()).toHaveLength(8)
    expect(loop.ask()).toEqual([])
    loop.answer()
    loop.answer()
    expect(loop.ask()).toHaveLength(2)
  })

  it('hands out no more at a time than there is room for', () => {
    const loop = new Exercise({ flows: 1000, inFlight: 1000, durationNs: 1e9 })
    expect(loop.ask(0, 256)).toHaveLength(256)
    expect(loop.ask(0, 1000)).toHaveLength(744)
  })

  it('visits every flow once before any a second time', () => expect(new Set(visits()).size).toBe(50))

  it('uses all flows equally while replies come in order', () => {
    const loop = new Exercise({ flows: 37, inFlight: 10, durationNs: 1e9 })
    loop.run(37 * 20 - 9)
    expect(new Set(loop.asked)).toEqual(new Set([20]))
  })

  it('never lets a slow flow hold up the others', () => {
    const loop = new Exercise({ flows: 10, inFlight: 4, durationNs: 1e9 })
    const [slow] = loop.ask()
    // The first request is never answered; all that come after it are.
    loop.run(900, () => 1)
    expect(loop.asked[slow!]).toBe(1)
    const others = loop.asked.filter((_, lane) => lane !== slow)
    expect(Math.min(...others)).toBeGreaterThan(95)
    expect(Math.max(...others) - Math.min(...others)).toBeLessThanOrEqual(2)
  })

  it('gives each flow several turns when more is in flight than there are flows', () => {
    const loop = new Exercise({ flows: 3, inFlight: 7, durationNs: 1e9 })
    const first = loop.ask()
    expect(first).toHaveLength(7)
    expect(loop.asked.toSorted((a, b) => a - b)).toEqual([2, 2, 3])
    loop.run(300)
    expect(Math.max(...loop.asked) - Math.min(...loop.asked)).toBeLessThanOrEqual(1)
  })

  it('works with one flow and one request in flight', () => {
    const loop = new Exercise({ flows: 1, inFlight: 1, requestsPerFlow: 2 })
    expect(loop.ask()).toEqual([0])
    expect(loop.ask()).toEqual([])
    loop.answer()
    expect(loop.ask()).toEqual([0])
    expect(loop.source.finished(0)).toBe(true)
  })
})

describe('a closed loop with a number of requests per flow', () => {
  it.each([
    [10, 4, 3],
    [3, 10, 5],
    [1, 8, 3],
    [7, 7, 1],
  ])('asks each of %d flows exactly so often: %d in flight, %d each', (flows, inFlight, requestsPerFlow) => {
    for (const pick of [() => 0, (turn: number) => turn, () => inFlight - 1]) {
      const loop = new Exercise({ flows, inFlight, requestsPerFlow })
      loop.run(10_000, pick)
      expect(loop.asked).toEqual(Array.from({ length: flows }, () => requestsPerFlow))
      expect(loop.inFlight).toEqual([])
    }
  })

  it('is finished when the last one is sent, whatever the time', () => {
    const loop = new Exercise({ flows: 4, inFlight: 2, requestsPerFlow: 1 })
    loop.ask()
    expect(loop.source.finished(1e18)).toBe(false)
    loop.answer()
    loop.answer()
    loop.ask()
    expect(loop.source.finished(0)).toBe(true)
  })
})

const withSilence = (inFlight: number, silence: FlowSilence): Exercise =>
  new Exercise({ flows: 10, inFlight, requestsPerFlow: 20, silence })

describe('a closed loop whose flows are asked a number of times, of which some are silent', () => {
  const SILENT = new Set([1, 4, 7])
  const silence = { of: (lane: number) => SILENT.has(lane), ofAll: false, ofSome: false }
  it.each([1, 4, 10, 25])('asks the others as often as it should, %d in flight', (inFlight) => {
    const loop = withSilence(inFlight, silence)
    for (let turn = 0; turn < 10_000 && !loop.source.finished(0); turn++) {
      loop.ask()
      if (SILENT.has(loop.inFlight[0]!)) loop.giveUp()
      else loop.answer()
    }
    expect(loop.source.finished(0)).toBe(true)
    expect(loop.source.flowsGivenUp).toBe(3)
    const fewer = loop.asked.flatMap((asked, lane) => (asked < 20 ? [lane] : []))
    expect(fewer).toEqual([...SILENT])
    expect(Math.max(...loop.asked)).toBe(20)
  })

  it('leaves no flow that always answered, whoever is silent', () => {
    const loop = withSilence(4, { of: () => true, ofAll: false, ofSome: false })
    loop.run(10_000)
    expect(loop.source.flowsGivenUp).toBe(0)
    expect(new Set(loop.asked)).toEqual(new Set([20]))
  })

  it('is finished when nobody answers any more', () => {
    const nobody = { of: () => false, ofAll: false, ofSome: false }
    const loop = withSilence(4, nobody)
    loop.ask()
    loop.deadline()
    expect(loop.source.finished(0)).toBe(false)
    nobody.ofAll = true
    expect(loop.source.finished(0)).toBe(true)
  })
})

describe('a closed loop whose datagrams are placed anew each, while a member is silent', () => {
  it('ends when so many requests were given up, and counts the flows that were asked too little', () => {
    const silence = { of: () => false, ofAll: false, ofSome: true }
    const loop = new Exercise({ flows: 10, inFlight: 4, requestsPerFlow: 20, mostGivenUp: 8, silence })
    for (let given = 0; given < 8; given++) {
      expect(loop.source.finished(0)).toBe(false)
      loop.ask()
      loop.answer()
      loop.giveUp()
    }
    silence.ofSome = false
    expect(loop.source.finished(0), 'it is heard again').toBe(false)
    silence.ofSome = true
    expect(loop.source.finished(0)).toBe(true)
    expect(loop.source.flowsGivenUp).toBe(10)
    expect(loop.source.finished(0)).toBe(true)
    expect(loop.source.flowsGivenUp, 'each once').toBe(10)
  })
})

describe('a closed loop with a duration', () => {
  it('is finished when it is over', () => {
    const loop = new Exercise({ flows: 2, inFlight: 2, durationNs: 1000 })
    loop.ask()
    expect(loop.source.finished(999)).toBe(false)
    expect(loop.source.finished(1000)).toBe(true)
  })

  it('counts it from its start', () => {
    const source = new ClosedLoop({ flows: 1, inFlight: 1, durationNs: 1000 })
    source.start(500)
    source.due(500, 0, new Int32Array(1))
    expect(source.finished(1499)).toBe(false)
    expect(source.finished(1500)).toBe(true)
  })

  it('is not finished before every flow was used once', () => {
    const loop = new Exercise({ flows: 5, inFlight: 2, durationNs: 1000 })
    for (let used = 2; used < 5; used++) {
      loop.ask()
      loop.answer()
      expect(loop.source.finished(5000), `${used} flows used`).toBe(false)
    }
    loop.ask()
    expect(loop.asked).toEqual([1, 1, 1, 1, 1])
    expect(loop.source.finished(5000)).toBe(true)
  })

  it('is finished after its end when enough was given up, though flows are left', () => {
    const loop = new Exercise({ flows: 1000, inFlight: 64, durationNs: 1000, mostGivenUp: 128 })
    loop.ask()
    for (let deadlines = 0; deadlines < 2; deadlines++) {
      expect(loop.source.finished(1000), `${deadlines} deadlines missed`).toBe(false)
      loop.deadline()
      loop.ask()
    }
    expect(loop.source.finished(999), 'before its end').toBe(false)
    expect(loop.source.finished(1000)).toBe(true)
    expect(loop.asked.filter((n) => n > 0)).toHaveLength(3 * 64)
  })

  it('asks every flow once, however long it takes, when few requests are lost', () => {
    const loop = new Exercise({ flows: 1000, inFlight: 10, durationNs: 1000, mostGivenUp: 20 })
    for (let turn = 0; !loop.source.finished(1e9); turn++) {
      loop.ask()
      if (turn % 60 === 59) loop.giveUp()
      else loop.answer()
    }
    expect(Math.min(...loop.asked)).toBe(1)
  })

  it('says how long it has nothing to do: not at all while it may send, else until its end', () => {
    const loop = new Exercise({ flows: 5, inFlight: 2, durationNs: 1000 })
    expect(loop.source.idleNs(400, 0)).toBe(0)
    loop.ask()
    expect(loop.source.idleNs(400, 2)).toBe(600)
    expect(loop.source.idleNs(2000, 2)).toBe(0)
  })

  it('has no arrears: what is not sent was never due', () => {
    const loop = new Exercise({ flows: 5, inFlight: 2, durationNs: 1000 })
    expect(loop.source.arrears(5000)).toBe(0)
  })
})

describe('a loop that draws flows by weight', () => {
  it('is finished when nobody answers any more, where no time ends it', () => {
    const nobody = { ofAll: false, ofSome: false }
    const loop = new WeightedLoop({
      weights: Float64Array.of(1, 2, 3),
      inFlight: 4,
      seed: 1,
      durationNs: undefined,
      requests: 1000,
      silence: nobody,
    })
    loop.start(0)
    expect(loop.due(0, 0, new Int32Array(256))).toBe(4)
    expect(loop.finished(1e18)).toBe(false)
    nobody.ofAll = true
    expect(loop.finished(0)).toBe(true)
  })

  it('ends when so many requests were given up while a member is silent', () => {
    const silence = { ofAll: false, ofSome: true }
    const weights = Float64Array.of(1, 2, 3)
    const loop = new WeightedLoop({
      weights,
      inFlight: 4,
      seed: 1,
      durationNs: undefined,
      requests: 1000,
      mostGivenUp: 2,
      silence,
    })
    loop.start(0)
    loop.due(0, 0, new Int32Array(256))
    loop.givenUp()
    expect([loop.finished(0), loop.flowsGivenUp]).toEqual([false, 0])
    loop.givenUp()
    expect([loop.finished(0), loop.flowsGivenUp]).toEqual([true, 3])
  })
})

describe('flows that all weigh nothing', () => {
  const task = {
    weights: Float64Array.of(0, 0, 3),
    seed: 1,
    inFlight: 4,
    timeoutNs: 1e9,
    place: { index: 0, of: 2 },
  } as unknown as WorkerTask
  const sourceOf = (flows: number, durationNs?: number, rateHz?: number) =>
    createSource(
      { ...task, rateHz, arrivals: 'constant' },
      {
        flows,
        from: 0,
        salt: 0,
        durationNs,
        memberOf: () => -1,
      },
    )

  it.each([
    ['a closed loop', undefined],
    ['an open loop', 1000],
  ])('are not asked by %s, which takes its time all the same', (_, rateHz) => {
    const source = sourceOf(2, 1e9, rateHz)
    source.start(5)
    expect(source.due(1e9, 0, new Int32Array(8), new Float64Array(8))).toBe(0)
    expect(source.idleNs(5, 0)).toBe(1e9)
    expect(source.finished(1e9)).toBe(false)
    expect(source.finished(1e9 + 5)).toBe(true)
  })

  it('end a load at once that no time ends', () => {
    const source = sourceOf(2)
    source.start(5)
    expect(source.finished(5)).toBe(true)
  })

  it('are left out beside one that weighs something', () => {
    const source = sourceOf(3, 1e9)
    source.start(5)
    const lanes = new Int32Array(8)
    expect([...lanes.subarray(0, source.due(5, 0, lanes, new Float64Array(8)))]).toEqual([2, 2, 2, 2])
  })
})
