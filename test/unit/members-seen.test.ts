import { expect, it } from 'vitest'
import { MembersSeen } from '../../src/experiment/attach/members-seen.js'
import type { SocketReading } from '../../src/recording/watched-group.js'

const socket = (index: number, given: Partial<SocketReading> = {}): SocketReading => ({
  family: 'ipv4',
  address: '127.0.0.1',
  uid: 0,
  inode: 100 + index,
  cookie: 10 + index,
  queued: 0,
  drops: 0,
  ...given,
})

/** What is seen of looks, one a millisecond, each with the oldest socket first. */
function seenOf(looks: readonly SocketReading[][]): MembersSeen {
  const seen = new MembersSeen()
  for (const [i, look] of looks.entries()) seen.look(look, i * 1e6)
  return seen
}

it('members stand in the order in which they were opened', () => {
  const seen = seenOf([[socket(0), socket(1), socket(2)]])
  expect(seen.members.map(({ socket: { inode } }) => inode)).toEqual([100, 101, 102])
  expect(seen.members.every((member) => member.joinedNs === undefined && member.leftNs === undefined)).toBe(
    true,
  )
})

it('tells who came and who went, and when', () => {
  const seen = seenOf([[socket(0), socket(1)], [socket(1), socket(2)], [socket(2)]])
  expect(seen.members).toMatchObject([{ leftNs: 1e6 }, { leftNs: 2e6 }, { joinedNs: 1e6 }])
  expect(seen.present.map(({ inode }) => inode)).toEqual([102])
  expect(seen.look([socket(2)], 3e6)).toBe('none')
  expect(seen.look([], 4e6)).toBe('some')
})

it('a socket that one look left out did not go', () => {
  const seen = seenOf([[socket(0), socket(1)], [socket(1)], [socket(0), socket(1)]])
  expect(seen.members.map(({ leftNs }) => leftNs)).toEqual([undefined, undefined])
})

it('a socket with the number of one that was closed is another', () => {
  const seen = seenOf([[socket(0)], [socket(0, { cookie: 99 })]])
  expect(seen.members).toMatchObject([{ leftNs: 1e6 }, { joinedNs: 1e6 }])
})

it('keeps what was queued: the most, how often, and whether it ever got less', () => {
  const seen = seenOf([5, 9, 7, 0].map((queued) => [socket(0, { queued })]))
  expect(seen.members[0]).toMatchObject({
    looks: 4,
    queuedLooks: 3,
    queuedFirst: 5,
    queuedMost: 9,
    queueFell: true,
  })
  const grows = seenOf([5, 5, 9].map((queued) => [socket(0, { queued })]))
  expect(grows.members[0]).toMatchObject({ queueFell: false, queuedLooks: 3 })
})

/** Of the first member. */
const counts = (packets: number) => ({
  flows: [],
  sockets: [{ cookie: 10, inode: 100, packets }],
  unlisted: 0,
})

it('an interval has what was dropped and counted in it, and the most that waited', () => {
  const seen = seenOf([[socket(0, { drops: 50, queued: 3 })], [socket(0, { drops: 52, queued: 1 })]])
  expect(seen.endInterval(2e6, counts(7))).toEqual({
    fromNs: 0,
    toNs: 2e6,
    members: [{ index: 0, queued: 1, queuedMost: 3, drops: 2, packets: 7 }],
  })
  seen.look([socket(0, { drops: 53 }), socket(1, { drops: 4 })], 3e6)
  expect(seen.endInterval(4e6, counts(10))).toEqual({
    fromNs: 2e6,
    toNs: 4e6,
    members: [
      { index: 0, queued: 0, queuedMost: 1, drops: 1, packets: 3 },
      { index: 1, queued: 0, queuedMost: 0, drops: 4 },
    ],
  })
})

it('keeps what was known of holders where nothing is known any more', () => {
  const seen = seenOf([[socket(0), socket(1)]])
  const holders = [{ pid: 7, fd: 3, command: 'server' }]
  seen.held(new Map([[100, holders]]))
  seen.held(new Map())
  seen.readBy(() => ({ threads: [], registeredBy: [7], othersUnseen: false }))
  expect(seen.members[0]).toMatchObject({ holders, readers: { registeredBy: [7] } })
  expect(seen.members[1]).not.toHaveProperty('holders')
  expect(seen.members[1]).not.toHaveProperty('readers')
})
