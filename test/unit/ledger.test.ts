import { describe, expect, it } from 'vitest'
import { balanceBooks, type ClientLedger, type MemberLedger } from '../../src/analysis/books/ledger.js'

const CLIENT: ClientLedger = {
  sent: 100,
  sendErrors: 0,
  unsent: 0,
  replied: 100,
  late: 0,
  duplicates: 0,
  reordered: 0,
  dropped: 0,
  strangers: 0,
}
const MEMBER: MemberLedger = { taken: 50, echoed: 50, echoErrors: 0, drops: 0, left: 0, strangers: 0 }

/** Books of a run in which so many more were sent than members took. */
const withLost = (missing: number, noSocket: number, closed: boolean, atStrangers = 0) =>
  balanceBooks({ ...CLIENT, sent: 100 + missing }, [MEMBER, MEMBER], undefined, {
    noSocket,
    closed,
    atStrangers,
    shared: atStrangers > 0,
    noPorts: 0,
  })

/** Copies of requests that came when their flow had closed. */
const withCopies = (copies: number, noPorts: number) =>
  balanceBooks(CLIENT, [{ ...MEMBER, taken: 50 + copies, echoed: 50 + copies }, MEMBER], undefined, {
    noSocket: 0,
    noPorts,
    atStrangers: 0,
    shared: false,
    closed: false,
  })

/** Books of a client and a group on two hosts, or on one. */
const between = (sent: number, replied: number, network: boolean) =>
  balanceBooks({ ...CLIENT, sent, replied }, [MEMBER, { ...MEMBER, drops: 3 }], undefined, {
    noSocket: 0,
    noPorts: 0,
    atStrangers: 0,
    shared: false,
    closed: false,
    network,
  })

describe('the books', () => {
  it('balance when every request was taken, echoed and replied to', () =>
    expect(balanceBooks(CLIENT, [MEMBER, MEMBER])).toMatchObject({
      sent: 100,
      taken: 100,
      echoed: 100,
      replied: 100,
      lost: 0,
      unexplainedRequests: 0,
      unexplainedReplies: 0,
      unexplained: 0,
    }))

  it('balance when each loss is known: dropped or left at members, not echoed, dropped at the client, and each copy', () => {
    const books = balanceBooks({ ...CLIENT, replied: 80, late: 3, dropped: 4, duplicates: 1 }, [
      { ...MEMBER, taken: 48, echoed: 46, echoErrors: 2, drops: 2 },
      { ...MEMBER, taken: 42, echoed: 42, drops: 8, left: 1, strangers: 9 },
    ])
    expect(books).toEqual({
      sent: 100,
      sendErrors: 0,
      unsent: 0,
      taken: 90,
      echoed: 88,
      echoErrors: 2,
      replied: 80,
      late: 3,
      duplicates: 1,
      replayed: 1,
      reordered: 0,
      lost: 17,
      droppedAtMembers: 10,
      droppedAtClient: 4,
      leftAtMembers: 1,
      noSocket: 0,
      atStrangers: 0,
      reckonedAtStrangers: 0,
      replayedUnheard: 0,
      closedWithSocket: 0,
      strangersAtMembers: 9,
      strangersAtClient: 0,
      unexplainedRequests: 0,
      unexplainedReplies: 0,
      unexplained: 0,
    })
  })

  it.each([
    ['requests that vanished', {}, { taken: 47, echoed: 47 }, { unexplainedRequests: 3, unexplained: 6 }],
    ['requests from nowhere', { sent: 98 }, {}, { unexplainedRequests: -2, unexplained: 2 }],
    ['replies that vanished', { replied: 95 }, {}, { unexplainedReplies: 5, unexplained: 5 }],
    ['replies from nowhere', { replied: 101 }, {}, { unexplainedReplies: -1, unexplained: 1 }],
    [
      'echoes that nobody counted',
      { replied: 99 },
      { echoed: 49 },
      { unexplainedReplies: 0, unexplained: 1 },
    ],
  ])('do not balance over %s', (_name, client, member, expected) =>
    expect(balanceBooks({ ...CLIENT, ...client }, [MEMBER, { ...MEMBER, ...member }])).toMatchObject(
      expected,
    ),
  )

  it('know what met no socket, at most as many as are missing: the kernel counts those of others too', () => {
    expect(withLost(7, 5, false)).toMatchObject({ noSocket: 5, closedWithSocket: 0, unexplainedRequests: 2 })
    expect(withLost(7, 9, false)).toMatchObject({ noSocket: 7, closedWithSocket: 0, unexplained: 0 })
  })

  it('know what strangers got, at most as many as are missing: they may have traffic of their own', () => {
    expect(withLost(7, 3, true, 9)).toMatchObject({ noSocket: 3, atStrangers: 4, closedWithSocket: 0 })
    expect(withLost(0, 0, false, 9)).toMatchObject({ atStrangers: 0, unexplained: 0 })
  })

  it('reckon to strangers what is missing elsewhere, and nothing where there was none', () => {
    expect(withLost(7, 0, false, 5)).toMatchObject({ atStrangers: 5, reckonedAtStrangers: 2, unexplained: 0 })
    expect(withLost(7, 0, true, 5)).toMatchObject({ reckonedAtStrangers: 2, closedWithSocket: 0 })
    expect(withLost(-2, 0, false, 5)).toMatchObject({ reckonedAtStrangers: 0, unexplainedRequests: -2 })
    expect(withLost(7, 0, false)).toMatchObject({ reckonedAtStrangers: 0, unexplained: 7 })
  })

  it('know a copy of a request, which was answered, from a copy of a reply, which was not', () => {
    const copied = (duplicates: number, answered: number) =>
      balanceBooks({ ...CLIENT, duplicates }, [
        { ...MEMBER, taken: 50 + answered, echoed: 50 + answered },
        MEMBER,
      ])
    expect(copied(5, 5)).toMatchObject({ duplicates: 5, replayed: 5, unexplained: 0 })
    expect(copied(5, 3)).toMatchObject({ replayed: 3, unexplainedRequests: 0, unexplainedReplies: -2 })
    // One that was lost is missed all the same.
    expect(
      balanceBooks({ ...CLIENT, sent: 101, duplicates: 1 }, [{ ...MEMBER, taken: 51, echoed: 51 }, MEMBER]),
    ).toMatchObject({ replayed: 1, lost: 1, unexplained: 1 })
  })

  it('know copies whose reply nobody heard, since their flow had closed: by the kernel’s count, and as many on either side', () => {
    expect(withCopies(4, 9)).toMatchObject({ replayed: 4, replayedUnheard: 4, duplicates: 0, unexplained: 0 })
    expect(withCopies(4, 3)).toMatchObject({
      replayedUnheard: 3,
      unexplainedRequests: -1,
      unexplainedReplies: 1,
    })
    expect(withCopies(0, 9)).toMatchObject({ replayed: 0, replayedUnheard: 0, unexplained: 0 })
  })

  it('put down the rest to sockets that closed, but nothing that came from nowhere', () => {
    expect(withLost(10, 4, true)).toMatchObject({ noSocket: 4, closedWithSocket: 6, unexplained: 0 })
    expect(withLost(-2, 4, true)).toMatchObject({ noSocket: 0, closedWithSocket: 0, unexplainedRequests: -2 })
  })

  it('put down to the network between two hosts what left one and came to no count of the other', () => {
    expect(between(110, 95, true)).toMatchObject({
      lost: 15,
      droppedAtMembers: 3,
      lostOnWayThere: 7,
      lostOnWayBack: 5,
      unexplained: 0,
    })
    // What is more than was sent no network explains.
    expect(between(102, 101, true)).toMatchObject({
      lostOnWayThere: 0,
      lostOnWayBack: 0,
      unexplainedRequests: -1,
      unexplainedReplies: -1,
      unexplained: 2,
    })
    const without = between(110, 95, false)
    expect(without).toMatchObject({ unexplainedRequests: 7, unexplainedReplies: 5 })
    expect(without).not.toHaveProperty('lostOnWayThere')
  })

  it('count a loss and a gain as two, not as none', () => {
    const books = balanceBooks({ ...CLIENT, sent: 101, replied: 101 }, [MEMBER, MEMBER])
    expect(books).toMatchObject({ unexplainedRequests: 1, unexplainedReplies: -1, unexplained: 2 })
  })

  it('know lost from late: late is a reply, after its time', () =>
    expect(balanceBooks({ ...CLIENT, replied: 60, late: 30 }, [MEMBER, MEMBER]).lost).toBe(10))
})
