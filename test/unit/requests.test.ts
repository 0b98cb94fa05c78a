import { describe, expect, it } from 'vitest'
import { Requests } from '../../src/client/requests.js'

const TIMEOUT = 1000

/** Requests sent one after the other, a ns apart, the lane being 10 times the number. */
function sentRequests(count: number, capacity?: number): Requests {
  const requests = new Requests(TIMEOUT, true, capacity)
  for (let n = 0; n < count; n++) requests.sent(10 * n, n, n)
  return requests
}

function expired(requests: Requests, nowNs: number): number[] {
  const lanes: number[] = []
  requests.expire(nowNs, (lane) => lanes.push(lane))
  return lanes
}

describe('a reply', () => {
  it('is in time until the deadline, and late after it', () => {
    const requests = sentRequests(3)
    expect(requests.reply(0, 0, TIMEOUT)).toEqual({ kind: 'in-time', wasWaiting: true })
    expect(requests.reply(1, 1, 1 + TIMEOUT + 1)).toEqual({ kind: 'late', wasWaiting: true })
    expect(requests.waiting).toBe(1)
  })

  it('is a duplicate when it comes a second time, also after the ring has moved on', () => {
    const requests = sentRequests(3)
    requests.reply(1, 1, 5)
    expect(requests.reply(1, 1, 6)).toEqual({ kind: 'duplicate', wasWaiting: false })
    requests.reply(0, 0, 7)
    requests.reply(2, 2, 7)
    for (let n = 3; n < 10_000; n++) {
      requests.sent(0, n, n)
      requests.reply(n, n, n)
    }
    expect(requests.reply(1, 1, 10_000)).toEqual({ kind: 'duplicate', wasWaiting: false })
    expect(requests.waiting).toBe(0)
  })

  it('to a request that was given up is late, once, and a duplicate then', () => {
    const requests = sentRequests(2)
    expect(expired(requests, TIMEOUT)).toEqual([0])
    expect(requests.reply(0, 0, TIMEOUT + 5)).toEqual({ kind: 'late', wasWaiting: false })
    expect(requests.reply(0, 0, TIMEOUT + 6)).toEqual({ kind: 'duplicate', wasWaiting: false })
    expect(requests.waiting).toBe(1)
  })

  it('to a request that was given up long ago is still told from a duplicate', () => {
    const requests = new Requests(TIMEOUT)
    requests.sent(0, 0, 0)
    expired(requests, TIMEOUT)
    // Beyond one block of the bits in which answers are noted (2^20).
    for (let n = 1; n < 1_200_000; n++) {
      requests.sent(0, n, n)
      requests.reply(n, n, n)
    }
    expect(requests.reply(0, 0, 2_000_000)).toEqual({ kind: 'late', wasWaiting: false })
    expect(requests.reply(1_100_000, 0, 2_000_000)).toEqual({ kind: 'duplicate', wasWaiting: false })
  })

  it('may come in any order', () => {
    const requests = sentRequests(5)
    for (const n of [3, 0, 4, 1, 2])
      expect(requests.reply(n, n, 20)).toEqual({ kind: 'in-time', wasWaiting: true })
    expect(requests.waiting).toBe(0)
    expect(requests.nextDeadlineNs).toBe(Infinity)
  })
})

describe('the next deadline', () => {
  it('is that of the oldest request that waits', () => {
    const requests = sentRequests(4)
    expect(requests.nextDeadlineNs).toBe(TIMEOUT)
    requests.reply(1, 1, 5)
    expect(requests.nextDeadlineNs, 'of request 0 still').toBe(TIMEOUT)
    requests.reply(0, 0, 5)
    expect(requests.nextDeadlineNs, 'of request 2: request 1 was answered').toBe(2 + TIMEOUT)
  })

  it('is never while nothing waits', () => expect(new Requests(TIMEOUT).nextDeadlineNs).toBe(Infinity))
})

describe('giving up', () => {
  it('takes those whose time is over, in order, and no other', () => {
    const requests = sentRequests(6)
    requests.reply(1, 1, 5)
    expect(expired(requests, 3 + TIMEOUT)).toEqual([0, 20, 30])
    expect(requests.waiting).toBe(2)
    expect(expired(requests, 3 + TIMEOUT)).toEqual([])
    expect(requests.nextDeadlineNs).toBe(4 + TIMEOUT)
  })

  it('of everything is possible at the end of a run', () => {
    const requests = sentRequests(6)
    requests.reply(0, 0, 5)
    expect(expired(requests, Infinity)).toEqual([10, 20, 30, 40, 50])
    expect(requests.waiting).toBe(0)
  })
})

describe('the ring of requests', () => {
  it('grows while the oldest waits, and forgets nothing', () => {
    const requests = sentRequests(1000, 4)
    expect(requests.waiting).toBe(1000)
    expect(requests.next).toBe(1000)
    expect(requests.nextDeadlineNs).toBe(TIMEOUT)
    for (let n = 0; n < 1000; n++) expect(requests.intendedNs(n)).toBe(n)
    expect(expired(requests, 499 + TIMEOUT)).toEqual(Array.from({ length: 500 }, (_, n) => 10 * n))
    expect(requests.reply(999, 999, 1500).kind).toBe('in-time')
    expect(requests.waiting).toBe(499)
  })

  it('grows too when it has gone round before', () => {
    const requests = new Requests(TIMEOUT, true, 4)
    for (let n = 0; n < 10; n++) {
      requests.sent(n, n, n)
      requests.reply(n, n, n)
    }
    for (let n = 10; n < 30; n++) requests.sent(n, n, n)
    expect(expired(requests, Infinity)).toEqual(Array.from({ length: 20 }, (_, i) => 10 + i))
  })

  it('holds one that waits while thousands behind it come and go', () => {
    const requests = new Requests(TIMEOUT, true, 4)
    requests.sent(77, 0, 0)
    for (let n = 1; n < 5000; n++) {
      requests.sent(n, 1, 1)
      requests.reply(n, 1, 2)
    }
    expect(requests.waiting).toBe(1)
    expect(requests.nextDeadlineNs).toBe(TIMEOUT)
    expect(expired(requests, TIMEOUT)).toEqual([77])
    expect(requests.nextDeadlineNs).toBe(Infinity)
  })

  it('keeps the intended time of each request beside the time it was sent', () => {
    const requests = new Requests(TIMEOUT)
    requests.sent(1, 500, 400)
    expect(requests.intendedNs(0)).toBe(400)
    expect(requests.nextDeadlineNs, 'the time to live counts from the sending').toBe(500 + TIMEOUT)
  })
})

describe('a request that could not be sent', () => {
  it('has a number, and does not wait', () => {
    const requests = sentRequests(2)
    requests.skip()
    requests.sent(50, 3, 3)
    expect(requests.next).toBe(4)
    expect(requests.waiting).toBe(3)
    expect(expired(requests, Infinity)).toEqual([0, 10, 50])
  })

  it('is no deadline, also as the only one', () => {
    const requests = new Requests(TIMEOUT)
    requests.skip()
    expect(requests.nextDeadlineNs).toBe(Infinity)
    requests.sent(5, 100, 100)
    requests.reply(1, 100, 101)
    requests.skip()
    expect(requests.nextDeadlineNs).toBe(Infinity)
    expect(expired(requests, Infinity)).toEqual([])
  })
})

describe('a request without a reply to come', () => {
  it('waits no more, and is told once', () => {
    const requests = sentRequests(3)
    expect([requests.cut(0), requests.cut(0)]).toEqual([true, false])
    expect(requests.waiting).toBe(2)
    expect(requests.nextDeadlineNs).toBe(1 + TIMEOUT)
    expect(expired(requests, 10 * TIMEOUT)).toEqual([10, 20])
  })
  it('is none where it was answered or given up before', () => {
    const requests = sentRequests(3)
    requests.reply(1, 1, 5)
    expired(requests, TIMEOUT)
    expect([requests.cut(0), requests.cut(1), requests.cut(2)]).toEqual([false, false, true])
  })
})
