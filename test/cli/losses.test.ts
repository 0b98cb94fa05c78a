import { describe, expect, it } from 'vitest'
import { churnResult, type ChangeResult } from '../../src/result/churn-result.js'
import type { Books, CrossCheck } from '../../src/result/run-result.js'
import { inNamespace, mayHaveNamespace } from './namespace.js'
import { runTool } from './tool.js'

interface Lost {
  changes: ChangeResult[]
  books: Books
  /** by the kernel, over the measured phase */
  crossCheck: CrossCheck
  /** NoPorts of a network namespace in which there was nothing else, since it was made */
  noPorts: number
}

/** Runs `churn` in a network namespace of its own, whose counters are those of this run alone. */
async function lostBy(args: string): Promise<Lost> {
  const outcome = await runTool(['churn', ...args.split(' '), '--json', '--no-save', '-q'], {
    under: inNamespace('true', 'cat /proc/net/snmp >&2'),
  })
  const { changes, books, crossCheck } = churnResult.parse(JSON.parse(outcome.stdout))
  const [names, values] = outcome.stderr
    .split('\n')
    .filter((line) => line.startsWith('Udp: '))
    .map((line) => line.split(' '))
  return { changes, books, crossCheck: crossCheck!, noPorts: Number(values![names!.indexOf('NoPorts')]) }
}

/** Each lost datagram must stand in one of these, and those of a change in one of its own. */
function expectAllFound({ changes, books }: Lost): void {
  const { droppedAtMembers, droppedAtClient, leftAtMembers, noSocket, closedWithSocket } = books
  expect(books.unexplained).toBe(0)
  expect(droppedAtMembers! + droppedAtClient + leftAtMembers! + noSocket! + closedWithSocket!).toBe(
    books.lost,
  )
  for (const { lost, lostTo } of changes) expect(sum(Object.values(lostTo!))).toBe(lost)
  // A busy machine loses some before the first change.
  for (const cause of ['droppedAtMembers', 'noSocket', 'closedWithSocket', 'leftAtMembers'] as const)
    expect(sum(changes.map(({ lostTo }) => lostTo![cause])), `of ${cause}`).toBeLessThanOrEqual(books[cause]!)
  expect(sum(changes.map(({ lostTo }) => lostTo!.otherwise))).toBeLessThanOrEqual(droppedAtClient)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

const dropped = ({ books }: Lost): number => books.droppedAtMembers! + books.droppedAtClient

describe('where datagrams go that a change costs', { skip: !mayHaveNamespace() }, () => {
  it('is no socket, while nobody is bound', async () => {
    const lost = await lostBy('-p 1 -f 1000 -r 10k --warmup 200ms --change 700ms:replace:rolling')
    expect(lost.books.noSocket).toBeGreaterThan(0)
    expect(lost.books.noSocket, 'NoPorts').toBe(lost.noPorts)
    expect(lost.changes[0]!.lostTo!.noSocket, 'of the only change').toBe(lost.noPorts)
    expect(dropped(lost), 'RcvbufErrors').toBe(lost.crossCheck.snmpReceiveBufferErrors)
    expectAllFound(lost)
  })

  it('is the full queue of a member that stood still until it was killed', async () => {
    const lost = await lostBy(
      '-p 3 -f 1000 -r 10k --warmup 200ms --change 700ms:stall:0 --change 1500ms:kill:0',
    )
    const { changes, books, crossCheck, noPorts } = lost
    expect(books.droppedAtMembers).toBeGreaterThan(0)
    expect(dropped(lost), 'RcvbufErrors').toBeLessThanOrEqual(crossCheck.snmpReceiveBufferErrors!)
    // What came between the last look at the table and the end of the process.
    const unseen = crossCheck.snmpReceiveBufferErrors! - dropped(lost)
    expect(unseen).toBeLessThan(books.droppedAtMembers!)
    expect(books.closedWithSocket, 'its queue, and what was dropped unseen').toBeGreaterThan(unseen)
    const [stall, kill] = changes.map(({ lostTo }) => lostTo!)
    const queue = books.closedWithSocket! - unseen
    expect(stall!.closedWithSocket, 'what was in its queue').toBeGreaterThan(0.8 * queue)
    expect(stall!.droppedAtMembers, 'of 800 ms, beside 20 before the kill').toBeGreaterThan(
      kill!.droppedAtMembers,
    )
    expect(stall!.noSocket + kill!.noSocket).toBe(0)
    expect([books.noSocket, noPorts]).toEqual([0, 0])
    expectAllFound(lost)
  })

  it('is a socket that closed with what it had queued', async () => {
    // At 100 requests a second for each member, a queue that does not fill up.
    const lost = await lostBy(
      '-p 2 -f 40 -r 200 --warmup 200ms --change 700ms:stall:0 --change 1500ms:kill:0',
    )
    expect(lost.books.closedWithSocket).toBeGreaterThan(0)
    expect(dropped(lost), 'RcvbufErrors').toBe(lost.crossCheck.snmpReceiveBufferErrors)
    expect([lost.books.noSocket, lost.noPorts]).toEqual([0, 0])
    expectAllFound(lost)
  })
})
