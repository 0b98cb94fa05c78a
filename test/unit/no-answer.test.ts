import { describe, expect, it } from 'vitest'
import { noAnswerInWords } from '../../src/advice/no-answer-words.js'
import { lossesOf, lostToFaults, mainCauseOf } from '../../src/analysis/books/losses.js'
import { balanceBooks, type ClientLedger, type MemberLedger } from '../../src/analysis/books/ledger.js'

const CLIENT: ClientLedger = {
  sent: 100,
  sendErrors: 0,
  unsent: 0,
  replied: 0,
  late: 0,
  duplicates: 0,
  reordered: 0,
  dropped: 0,
  strangers: 0,
}
const MEMBER: MemberLedger = { taken: 0, echoed: 0, echoErrors: 0, drops: 0, left: 0, strangers: 0 }

/** What 100 requests were lost to, by what one member and the client counted. */
const lossesBy = (member: Partial<MemberLedger>, client: Partial<ClientLedger> = {}, noSocket = 0) =>
  lossesOf(
    balanceBooks({ ...CLIENT, ...client }, [{ ...MEMBER, ...member }], undefined, {
      noSocket,
      noPorts: 0,
      atStrangers: 0,
      shared: false,
      closed: false,
    }),
  )

describe('why nobody answered', () => {
  it.each([
    ['echo', { taken: 100, echoErrors: 100 }, {}, 0, 'could send no reply'],
    ['queues', { drops: 60, left: 40 }, {}, 0, 'its members stand still'],
    ['queues', { taken: 30, drops: 60, left: 10 }, {}, 0, 'far too slow'],
    ['work', { taken: 80, left: 20 }, {}, 0, 'takes longer than the run waits'],
    ['way-there', {}, {}, 0, 'no request came to a member or its queue'],
    ['way-back', { taken: 100, echoed: 100 }, {}, 0, 'something on the way back drops them'],
    ['client', { taken: 100, echoed: 100 }, { dropped: 90 }, 0, "at the client's own sockets"],
    ['socket', {}, {}, 100, 'nobody was bound'],
  ] as const)('is told by the books: %s', (cause, member, client, noSocket, words) => {
    const losses = lossesBy(member, client, noSocket)
    expect(
      Object.values(losses.to).reduce((sum, n) => sum + n),
      'each is lost to one thing',
    ).toBe(losses.lost)
    expect(mainCauseOf(losses)).toBe(cause)
    const sentence = noAnswerInWords(losses, [])
    expect(sentence).toMatch(/^Nobody answered: .*\.$/)
    expect(sentence).toContain(words)
  })

  it('is that the front stood still, where it did and all went to its queue', () => {
    const front = [{ pid: 4711, state: 'traced' as const }]
    const said = 'Nobody answered: The front (process 4711) stood still, stopped by a debugger (t).'
    expect(noAnswerInWords(lossesBy({ drops: 60, left: 40 }), [], front)).toBe(said)
    expect(noAnswerInWords(lossesBy({}, {}, 100), [], front)).toBe(said)
    expect(noAnswerInWords(lossesBy({ taken: 100, echoErrors: 100 }), [], front)).toContain('no reply')
  })

  it('is that nothing could be sent, by the name of the error', () =>
    expect(noAnswerInWords(lossesBy({}, { sent: 0, sendErrors: 9 }), ['EPERM'])).toMatch(
      /^Nothing could be sent: the kernel refused every request \(EPERM\), /,
    ))

  it('is not asked where anybody answered, in time or late, or nothing was due', () => {
    const echoed = { taken: 100, echoed: 100 }
    expect(noAnswerInWords(lossesBy(echoed, { replied: 1 }), [])).toBeUndefined()
    expect(noAnswerInWords(lossesBy(echoed, { late: 1 }), [])).toBeUndefined()
    expect(noAnswerInWords(lossesBy({}, { sent: 0 }), [])).toBeUndefined()
  })
})

describe('a fault', () => {
  it('is what neither a full queue, nor work, nor a change accounts for', () => {
    expect(lostToFaults(lossesBy({ taken: 40, echoed: 30, drops: 50, left: 10 }, { dropped: 30 }))).toBe(0)
    expect(lostToFaults(lossesBy({ taken: 40, echoed: 30, echoErrors: 10, drops: 50 }))).toBe(10 + 10 + 30)
  })
})
