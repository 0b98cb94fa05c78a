import { constants } from 'node:os'
import { addon, checked, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, SystemError } from '../../native.js'
import { BpfScope, mayLoadEbpf } from '../../steering/bpf.js'
import * as classic from '../../steering/cbpf.js'
import { LifeSockets } from '../../steering/life-sockets.js'
import type { Bench } from './bench.js'
import { expectSame, overBothFamilies, overBothProtocols, type SelectorCase } from './case.js'
import { Mismatch, NotPossible } from './outcomes.js'
import { familyOf } from '../../units/addresses.js'
import { attachByKey, attachClassic, attachEbpf, type Attach, type Carrier } from './programs.js'

const { EADDRINUSE, EINVAL, ENOENT } = constants.errno

/** The kernel takes another path through its tables from 10 sockets on (UDP's second hash). */
const GROUP_SIZES = [10, 20]
/** So many flows that chance does not put all on one of a few members, nor on the right ones by accident. */
const FLOWS = 64

const attachConstant = (fd: number, index: number): void => {
  const program = classic.encodeClassic([classic.returnConstant(index)])
  checked(addon.attachClassic(fd, program), 'setsockopt SO_ATTACH_REUSEPORT_CBPF')
}

const attachScopedEbpf: Attach = (fd, n, carrier) => {
  const scope = ebpfScope()
  try {
    attachEbpf(scope, fd, n, carrier)
  } finally {
    scope.close()
  }
}

const carrierOf = ({ protocol, loopback }: Bench, to = loopback): Carrier => ({
  protocol,
  family: familyOf(to),
})

function ebpfScope(): BpfScope {
  if (!mayLoadEbpf()) throw new NotPossible('this user may not load eBPF: run as root')
  return new BpfScope('verify selectors')
}

const detach = (fd: number): number => addon.setOption(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0)

/** Words 0 … 2n − 1 of one flow must arrive at socket word mod `modulus`. */
function expectIndexes(
  bench: Bench,
  receivers: readonly number[],
  modulus: number,
  to = bench.loopback,
): void {
  const [client] = bench.clients(1, to)
  const words = Array.from({ length: 2 * receivers.length }, (_, word) => word)
  expectSame(
    `index word mod ${modulus} of ${receivers.length} sockets`,
    words.map((word) => bench.deliver(client!, receivers, word, to)),
    words.map((word) => word % modulus),
  )
}

const FAMILIES = [
  { name: 'ipv4', group: '0.0.0.0', to: '127.0.0.1' },
  { name: 'ipv6', group: '::', to: '::1' },
  { name: 'mapped', group: '::', to: '127.0.0.1' },
]

/** tools/testing/selftests/net/reuseport_bpf.c, test_reuseport_cbpf and test_reuseport_ebpf. */
const indexCases: SelectorCase[] = FAMILIES.flatMap(({ name, group, to }) =>
  [
    { kind: 'classic', attach: attachClassic },
    { kind: 'ebpf', attach: attachScopedEbpf },
  ].map(({ kind, attach }) => ({
    id: `index-${kind}-${name}`,
    claim: `index n of ${kind === 'ebpf' ? 'an eBPF' : 'a classic'} program is the socket that was bound n-th`,
    test(bench: Bench) {
      for (const n of GROUP_SIZES) {
        const sockets = bench.openGroup(n, { address: group })
        attach(sockets[0]!, n, carrierOf(bench, to))
        expectIndexes(bench, sockets, n, to)
        sockets.forEach((fd) => bench.closeSocket(fd))
      }
    },
  })),
)

const groupCases: SelectorCase[] = [
  {
    id: 'reattach',
    claim: 'a program that is attached to any member replaces that of the whole group',
    test(bench) {
      const sockets = bench.openGroup(10)
      attachClassic(sockets[0]!, 10, carrierOf(bench))
      attachClassic(sockets[9]!, 5, carrierOf(bench))
      expectIndexes(bench, sockets, 5)
    },
  },
  {
    id: 'attach-before-bind',
    claim: 'a program attached before bind() is that of the group which the socket founds',
    test(bench) {
      const first = bench.open({ prepare: (fd) => attachClassic(fd, 10, carrierOf(bench)) })
      expectIndexes(bench, [first, ...bench.openGroup(9)], 10)
    },
  },
  {
    id: 'out-of-range',
    claim: 'an index that is out of range leaves the choice to the hash',
    test(bench) {
      const sockets = bench.openGroup(4)
      const clients = bench.clients(FLOWS)
      const byHash = bench.placements(clients, sockets)
      for (const index of [4, 0xffff_ffff]) {
        attachConstant(sockets[0]!, index)
        expectSame(`index ${index} of 4`, bench.placements(clients, sockets), byHash)
      }
    },
  },
  {
    id: 'detach',
    claim: 'detaching gives the choice back to the hash, and a group without a program has none to detach',
    test(bench) {
      const sockets = bench.openGroup(4)
      const clients = bench.clients(FLOWS)
      const byHash = bench.placements(clients, sockets)
      attachConstant(sockets[0]!, 3)
      expectSame(
        'with a program',
        bench.placements(clients, sockets),
        byHash.map(() => 3),
      )
      expectStatus('detaching', detach(sockets[1]!), 0)
      expectSame('after it was detached', bench.placements(clients, sockets), byHash)
      expectStatus('detaching once more', detach(sockets[1]!), -ENOENT)
    },
  },
  {
    // reuseport_bpf.c, test_extra_filter
    id: 'second-program-before-bind',
    claim: 'a socket that brings a program of its own cannot join a group (EADDRINUSE)',
    test(bench) {
      bench.open({ prepare: (fd) => attachClassic(fd, 10, carrierOf(bench)) })
      const second = bench.unbound({ prepare: (fd) => attachClassic(fd, 10, carrierOf(bench)) })
      expectStatus('bind', bench.tryBind(second), -EADDRINUSE)
    },
  },
  {
    // reuseport_bpf.c, test_filter_no_reuseport
    id: 'program-without-reuseport',
    claim: 'a bound socket without SO_REUSEPORT takes no program (EINVAL)',
    test(bench) {
      const lone = bench.open({ alone: true })
      const program = classic.encodeClassic([classic.returnConstant(0)])
      expectStatus('attaching', addon.attachClassic(lone, program), -EINVAL)
    },
  },
  {
    // tools/testing/selftests/bpf/prog_tests/select_reuseport.c
    id: 'sockarray',
    claim:
      'an SK_REUSEPORT program reaches a socket by its key, whatever its place in the group, and an empty key leaves the choice to the hash',
    test: testSockarray,
  },
]

export const programCases: SelectorCase[] = [...indexCases, ...groupCases.flatMap(overBothFamilies)].flatMap(
  overBothProtocols,
)

function testSockarray(bench: Bench): void {
  const scope = ebpfScope()
  try {
    const sockets = bench.openGroup(4)
    const clients = bench.clients(FLOWS)
    const byHash = bench.placements(clients, sockets)
    const keys = new LifeSockets(scope, 8)
    // Key 7 is the first socket, key 4 the last.
    sockets.forEach((fd, i) => keys.put(7 - i, fd))
    attachByKey(scope, sockets[0]!, keys.fd, carrierOf(bench))
    for (const place of [0, 1, 2, 3])
      expectSame(
        `key ${7 - place}`,
        bench.placements(clients, sockets, 7 - place),
        clients.map(() => place),
      )
    expectSame('an empty key', bench.placements(clients, sockets, 0), byHash)
    keys.empty(7)
    expectSame('an emptied key', bench.placements(clients, sockets, 7), byHash)
    keys.put(7, sockets[0]!)
    bench.closeSocket(sockets[0]!)
    const left = sockets.slice(1)
    expectSame(
      'the key of a closed socket',
      bench.placements(clients, left, 7),
      bench.placements(clients, left, 0),
    )
  } finally {
    scope.close()
  }
}

function expectStatus(what: string, status: number, wanted: number): void {
  if (status === wanted) return
  throw new Mismatch(status < 0 ? new SystemError(-status, what).message : `${what} succeeded`)
}
