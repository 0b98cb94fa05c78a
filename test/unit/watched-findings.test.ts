import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { watchedFindings, type WatchedFinding } from '../../src/analysis/watched/findings.js'
import { countedBalance, memberCounts } from '../../src/analysis/watched/flow-counts.js'
import { socketGroups } from '../../src/analysis/watched/socket-groups.js'
import { watchedFindingInWords } from '../../src/advice/watched-words.js'
import type { Counts } from '../../src/recording/observation.js'
import { ATTACH_FINDINGS } from '../../src/result/attach-result.js'
import type { WatchedGroup } from '../../src/recording/watched-group.js'
import { explainedGroup, readBy, stuck, watchedGroup, watchedMember } from './watched-group.js'

/** What is found, and that it can be put into words without a gap. */
function found(given: Partial<WatchedGroup>): WatchedFinding[] {
  const watched = watchedGroup(given)
  const groups = socketGroups(watched.members, watched.explained)
  const counts = watched.counts && memberCounts(watched.members, watched.counts)
  const balances = groups.map(({ members }) => counts && countedBalance(watched.members, members, counts))
  const facts = { watched, groups, balances }
  const findings = watchedFindings(facts)
  for (const finding of findings) {
    const { message, nextStep } = watchedFindingInWords(finding, facts)
    expect(`${message} ${nextStep}`).not.toMatch(/undefined|NaN|\[object/)
    expect(message).toMatch(/^[A-Z\d].*\.$/)
    expect(nextStep).toMatch(/\.$/)
  }
  return findings
}

const members = (...stuckOnes: number[]) =>
  [0, 1, 2, 3].map((index) => (stuckOnes.includes(index) ? stuck(index) : watchedMember(index)))

/** So many flows at each member, each of as many packets. */
function counted(perMember: readonly number[], packets = 10): Counts {
  let sourcePort = 20_000
  return {
    flows: perMember.flatMap((flows, index) =>
      Array.from({ length: flows }, () => ({
        cookie: 500 + index,
        sourceAddress: '10.0.0.1',
        sourcePort: sourcePort++,
        packets,
      })),
    ),
    sockets: perMember.map((flows, index) => ({
      cookie: 500 + index,
      inode: 1000 + index,
      packets: flows * packets,
    })),
    unlisted: 0,
  }
}

it('nothing is found in a group that is well', () => expect(found({})).toEqual([]))

describe('unread', () => {
  it('is a queue that only grows, of which no thread was seen to wait', () =>
    expect(found({ members: members(2) })).toEqual([{ code: 'unread', members: [2], readers: 'none seen' }]))

  it('is one that is full and drops', () => {
    const full = stuck(0, { queuedFirst: 8320, dropsFirst: 5, socket: { drops: 9 } })
    expect(found({ members: [full] })).toContainEqual({ code: 'unread', members: [0], readers: 'none seen' })
  })

  it('tells a stuck reader from none, and does not say who reads where that is not known', () => {
    const { readers: _, holders: __, ...unknown } = stuck(1)
    const registered = stuck(0, { readers: { threads: [], registeredBy: [700], othersUnseen: false } })
    const polling = stuck(2, { readers: { threads: [], registeredBy: [], othersUnseen: true } })
    expect(found({ members: [registered, unknown, polling] })).toEqual([
      { code: 'unread', members: [0], readers: 'registered' },
      { code: 'unread', members: [1], readers: 'unknown' },
      { code: 'unread', members: [2], readers: 'unseen' },
    ])
  })

  it('is certain where a program would have seen who takes', () => {
    const watched = { threads: [], registeredBy: [], othersUnseen: true, takesSeen: true } as const
    expect(
      found({ members: [stuck(0, { readers: { ...watched, threads: [], registeredBy: [] } })] }),
    ).toEqual([{ code: 'unread', members: [0], readers: 'none took' }])
  })

  it('is not one that somebody takes from, too slowly', () => {
    const slow = { pid: 700, threadId: 700, name: 'server', by: 'epoll', taken: 4, inVain: 0 } as const
    const readers = { threads: [slow], registeredBy: [700], othersUnseen: false, takesSeen: true } as const
    expect(
      found({ members: [stuck(0, { readers: { ...readers, threads: [slow], registeredBy: [700] } })] }),
    ).toEqual([])
  })

  it.each([
    ['fell once', { queueFell: true }],
    ['was empty once', { queuedLooks: 19 }],
    ['neither grew nor dropped', { queuedFirst: 8320 }],
    ['was looked at for less than a second', { looks: 9, queuedLooks: 9 }],
  ])('is not a queue that %s', (_, given) => expect(found({ members: [stuck(0, given)] })).toEqual([]))
})

describe('drops', () => {
  it('are those of the time that was watched', () => {
    const one = watchedMember(0, { dropsFirst: 100, socket: { drops: 103 } })
    const other = watchedMember(1, { dropsFirst: 100, socket: { drops: 100 } })
    expect(found({ members: [one, other] })).toEqual([{ code: 'drops', members: [0], drops: 3 }])
  })

  it('are not said of a listener whose drops /proc does not tell', () => {
    const { dropsFirst: _, ...member } = watchedMember(0)
    const { drops: __, ...socket } = member.socket
    expect(found({ protocol: 'tcp', members: [{ ...member, socket }] })).toEqual([])
  })
})

describe('own-program', () => {
  const group = watchedGroup().members
  it('is a program that the kernel has for the group', () => {
    const explained = explainedGroup(group, { program: { kind: 'extended', id: 42, name: 'pick' } })
    expect(found({ explained })).toEqual([{ code: 'own-program', members: [0, 1, 2, 3], group: 0 }])
  })

  it('is not inferred below explain, nor where the kernel has none', () => {
    expect(found({ counts: counted([400, 0, 0, 0]) })).toEqual([])
    expect(found({ explained: explainedGroup(group) })).toEqual([])
  })
})

const on = (index: number, socket: object) => watchedMember(index, { socket })

describe('two-groups', () => {
  const everywhere = on(0, { address: '0.0.0.0' })

  it('is 0.0.0.0, which takes IPv4 from [::]', () => {
    const dual = on(1, { family: 'ipv6', address: '::', ipv6Only: false })
    expect(found({ members: [everywhere, dual] })).toEqual([
      { code: 'two-groups', members: [0, 1], taker: 0, from: 1 },
    ])
  })

  it('is an address of its own beside the wildcard', () =>
    expect(found({ members: [everywhere, on(1, {})] })).toEqual([
      { code: 'two-groups', members: [1, 0], taker: 1, from: 0 },
    ]))

  it('is not inferred where [::] takes IPv6 only, or nobody said whether it does', () => {
    for (const ipv6Only of [true, undefined]) {
      const other = on(1, { family: 'ipv6', address: '::', ...(ipv6Only !== undefined && { ipv6Only }) })
      expect(found({ members: [everywhere, other] })).toEqual([])
    }
  })

  it('are not two addresses of their own', () =>
    expect(found({ members: [on(0, {}), on(1, { address: '127.0.0.2' })] })).toEqual([]))
})

describe('shared', () => {
  it('is a socket that several processes read', () =>
    expect(found({ members: [watchedMember(0, { readers: readBy(701, 702, 703) })] })).toEqual([
      { code: 'shared', members: [0], processes: 3, threads: 3 },
    ]))

  it('is one that several threads of a process read', () => {
    const threads = [1, 2].map((threadId) => ({ pid: 700, threadId, name: 'w', by: 'receive' as const }))
    const readers = { threads, registeredBy: [], othersUnseen: false }
    expect(found({ members: [watchedMember(0, { readers })] })).toEqual([
      { code: 'shared', members: [0], processes: 1, threads: 2 },
    ])
  })

  it('is not inferred from who holds it', () => {
    const holders = [1, 2, 3].map((pid) => ({ pid, fd: 5, command: 'worker' }))
    expect(found({ members: [watchedMember(0, { holders, readers: readBy(1) })] })).toEqual([])
  })
})

/** What is said of a socket with the flag and nobody beside it, which these processes hold. */
const wordsOf = (...pids: number[]) => {
  const holders = pids.map((pid) => ({ pid, fd: 5, command: 'worker' }))
  const alone = [watchedMember(0, { holders })]
  const watched = watchedGroup({ members: alone, explained: explainedGroup(alone) })
  const facts = { watched, groups: socketGroups(alone, watched.explained), balances: [] }
  return watchedFindings(facts).map((one) => watchedFindingInWords(one, facts))
}

describe('one-socket', () => {
  it('is the flag with a group of one', () => {
    const alone = [watchedMember(0)]
    expect(found({ members: alone, explained: explainedGroup(alone) })).toEqual([
      { code: 'one-socket', members: [0], heldBy: 'one process' },
    ])
  })

  it('tells one process from several that hold it', () => {
    expect(wordsOf(1)).toMatchObject([
      { code: 'one-socket', severity: 'note', nextStep: expect.stringContaining('haproxy') as string },
    ])
    expect(wordsOf(1, 2, 3)).toMatchObject([
      { code: 'one-socket', severity: 'warn', nextStep: expect.stringContaining('forked') as string },
    ])
  })

  it('is not inferred where nobody read the flag, or it is not set', () => {
    const alone = [watchedMember(0)]
    expect(found({ members: alone })).toEqual([])
    expect(found({ members: alone, explained: [{ cookie: 500, reuseport: false }] })).toEqual([])
  })
})

describe('too-few-flows', () => {
  it('is where chance alone gives a member twice its share', () => {
    // Of 6 flows over 4 members, one gets 3 or more, twice its share, in more than 5 of 100 fair draws.
    expect(found({ counts: counted([4, 1, 1, 0], 500) })).toMatchObject([
      { code: 'too-few-flows', members: [0, 1, 2, 3], flows: 6 },
    ])
  })

  it('is not where there are enough, nor below count, however unlike packets are', () => {
    expect(found({ counts: counted([260, 240, 251, 249]) })).toEqual([])
    expect(found({})).toEqual([])
  })
})

describe('queue-at-risk', () => {
  const listeners = [
    watchedMember(0, { queuedMost: 5, queuedLooks: 1, socket: { queueLimit: 128 } }),
    watchedMember(1, { socket: { queueLimit: 128 } }),
  ]
  const tcp = { protocol: 'tcp', members: listeners } as const

  it('is connections that wait where nobody else takes them over', () =>
    expect(found({ ...tcp, tcpMigrate: false })).toEqual([
      { code: 'queue-at-risk', members: [0], most: 5, full: false },
    ]))

  it('says that the queue is nearly full', () => {
    const full = watchedMember(0, { queuedMost: 110, queuedLooks: 1, socket: { queueLimit: 128 } })
    expect(found({ ...tcp, members: [full, listeners[1]!], tcpMigrate: false })).toMatchObject([
      { most: 110, full: true },
    ])
  })

  it('is not where others take them over, where that is not known or there are none, nor of UDP', () => {
    expect(found({ ...tcp, members: [listeners[0]!], tcpMigrate: false })).toEqual([])
    expect(found({ ...tcp, tcpMigrate: true })).toEqual([])
    expect(found(tcp)).toEqual([])
    expect(found({ members: listeners, tcpMigrate: false })).toEqual([])
  })
})

it('members-changed is those that came and those that went', () => {
  const changed = [watchedMember(0), watchedMember(1, { leftNs: 1e9 }), watchedMember(2, { joinedNs: 1e9 })]
  expect(found({ members: changed })).toEqual([
    { code: 'members-changed', members: [1, 2], joined: 1, left: 1 },
  ])
})

it('holders-changed is other processes with sockets that stayed', () => {
  const handedOn = [0, 1].map((index) => watchedMember(index, { firstHolders: [700 + index, 699] }))
  expect(found({ members: handedOn })).toEqual([
    { code: 'holders-changed', members: [0, 1], came: 0, went: 1 },
  ])
  const reloaded = watchedMember(0, { firstHolders: [690] })
  const gone = watchedMember(1, { firstHolders: [690], leftNs: 1 })
  expect(found({ members: [reloaded, gone] })).toContainEqual({
    code: 'holders-changed',
    members: [0],
    came: 1,
    went: 1,
  })
  expect(found({ members: [watchedMember(0, { firstHolders: [700] })] })).toEqual([])
})

it('other-protocol is said where nobody chose one', () => {
  expect(found({ otherProtocol: 2 })).toEqual([{ code: 'other-protocol', members: [], sockets: 2 }])
  const plan = { ...watchedGroup().plan, protocol: 'udp' as const }
  expect(found({ otherProtocol: 2, plan })).toEqual([])
})

describe('what is counted', () => {
  const { members: four } = watchedGroup()
  it('is put to members, and flows that came to two are told', () => {
    const counts = counted([100, 100, 100, 100])
    const twice = { ...counts.flows[0]!, cookie: 501 }
    const { flows, packets, affinity } = memberCounts(four, { ...counts, flows: [...counts.flows, twice] })
    expect({ flows, packets }).toEqual({ flows: [100, 101, 100, 100], packets: [1000, 1000, 1000, 1000] })
    expect(affinity).toEqual({ flows: 400, moved: 1, unlisted: 0 })
  })

  it('is put to members by inode where /proc tells no cookie', () => {
    const elsewhere = four.map(({ socket: { cookie: _cookie, ...socket }, ...member }) => ({
      ...member,
      socket,
    }))
    expect(memberCounts(elsewhere, counted([1, 2, 3, 4])).flows).toEqual([1, 2, 3, 4])
  })

  it('is tested as the flows of our own groups are: χ² of 30, 20, 25, 25 is 2', () => {
    const counts = memberCounts(four, counted([30, 20, 25, 25]))
    expect(countedBalance(four, [0, 1, 2, 3], counts)).toMatchObject({
      flows: 100,
      chiSquare: 2,
      degreesOfFreedom: 3,
      basis: 'counted',
    })
  })

  it('is not tested where members came or went, or flows are not listed', () => {
    const counts = memberCounts(four, counted([30, 20, 25, 25]))
    const changed = four.map((member, i) => (i === 3 ? { ...member, joinedNs: 1 } : member))
    expect(countedBalance(changed, [0, 1, 2, 3], counts)).toBeUndefined()
    const unlisted = { ...counts, affinity: { ...counts.affinity, unlisted: 1 } }
    expect(countedBalance(four, [0, 1, 2, 3], unlisted)).toBeUndefined()
  })
})

it('docs/attach.md has a row for each finding', () => {
  const page = readFileSync(new URL('../../docs/attach.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([\w-]+)` +\|.*\|.*\|$/gm)].map(([, code]) => code!)
  expect(rows.filter((code) => !['look', 'count', 'explain'].includes(code)).toSorted()).toEqual(
    [...ATTACH_FINDINGS].toSorted(),
  )
})
