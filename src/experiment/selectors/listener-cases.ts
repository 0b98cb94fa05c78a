import { migratesConnections } from '../../host/limits.js'
import { addon, checked } from '../../native.js'
import * as classic from '../../steering/cbpf.js'
import { familyOf } from '../../units/addresses.js'
import type { Bench } from './bench.js'
import { expectSame, overBothFamilies, type SelectorCase } from './case.js'
import { Mismatch } from './outcomes.js'
import { attachClassic } from './programs.js'
import { StreamBench } from './stream-bench.js'

const FLOWS = 64

/** What is of listeners alone. */
export const listenerCases: SelectorCase[] = (
  [
    {
      id: 'listen-order-tcp',
      claim: 'listeners stand in the array in the order of listen(), whatever that of bind() was',
      test: testListenOrder,
    },
    {
      id: 'payload-of-syn-tcp',
      claim:
        'a classic program finds no payload in what asks for a connection: where it reads some, it ends with index 0',
      test(bench) {
        const sockets = bench.openGroup(4)
        const program = [classic.loadWord(0), classic.returnConstant(3)]
        checked(addon.attachClassic(sockets[0]!, classic.encodeClassic(program)), 'setsockopt')
        const clients = bench.clients(FLOWS)
        expectSame(
          'with a program that reads payload',
          bench.placements(clients, sockets),
          clients.map(() => 0),
        )
      },
    },
    {
      id: 'closed-queue-tcp',
      claim:
        'what waits in the accept queue of a listener that closes is reset, or with net.ipv4.tcp_migrate_req goes to another',
      test: testClosedQueue,
    },
  ] satisfies SelectorCase[]
)
  .map((one): SelectorCase => ({ ...one, protocol: 'tcp' }))
  .flatMap(overBothFamilies)

function testListenOrder(bench: Bench): void {
  if (!(bench instanceof StreamBench)) throw new TypeError('listeners are of TCP')
  const sockets = Array.from({ length: 5 }, () => {
    const fd = bench.unbound()
    checked(bench.tryBind(fd), 'bind')
    return fd
  })
  const order = [3, 0, 4, 1, 2]
  for (const place of order) bench.listen(sockets[place]!)
  attachClassic(sockets[0]!, 5, { protocol: 'tcp', family: familyOf(bench.loopback) })
  const [client] = bench.clients(1)
  expectSame(
    'the order of listen()',
    order.map((_, word) => bench.deliver(client!, sockets, word)),
    order,
  )
}

function testClosedQueue(bench: Bench): void {
  if (!(bench instanceof StreamBench)) throw new TypeError('listeners are of TCP')
  const [leaver, stayer] = bench.openGroup(2)
  const waiting = bench.clients(FLOWS).map((client) => bench.connect(client))
  bench.closeSocket(leaver!)
  const reset = waiting.filter((fd) => bench.wasReset(fd)).length
  let accepted = 0
  while (bench.accepts(stayer!)) accepted++
  for (const fd of waiting) bench.reset(fd)
  if (reset + accepted !== FLOWS)
    throw new Mismatch(`of ${FLOWS} connections ${reset} were reset and ${accepted} accepted`)
  if (migratesConnections() ? reset > 0 : reset === 0 || accepted === 0)
    throw new Mismatch(`${reset} of ${FLOWS} connections were reset`)
}
