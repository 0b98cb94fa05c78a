import { expect, it } from 'vitest'
import { detachedWords } from '../../src/cli/detached-words.js'
import { planDetach } from '../../src/plan/attach-plan.js'
import { refusalOf } from './refusal-of.js'

it('takes filters off both groups of a port, or the one that is named', () => {
  expect(planDetach({ port: 53 })).toEqual({ port: 53, protocols: ['udp', 'tcp'] })
  expect(planDetach({ port: 53, tcp: true, namespacePid: 7 })).toEqual({
    port: 53,
    protocols: ['tcp'],
    pid: 7,
  })
})

it.each([
  [{}, /^--port is missing/],
  [{ port: 53, udp: true, tcp: true }, /^--udp and --tcp are two groups/],
  [
    { port: 53, level: 'count' },
    /^--detach watches nothing, so --level says nothing: leave one of them out\.$/,
  ],
  [{ port: 53, durationNs: 1e9 }, /^--detach watches nothing, so --duration says nothing/],
  [{ port: 53, intervalNs: 1e9 }, /^--detach watches nothing, so --interval says nothing/],
] as const)('refuses %j', (asked, says) => {
  expect(refusalOf(() => planDetach(asked))).toMatch(says)
})

it('says what it took off, and where nothing was', () => {
  const group = { port: 53, sockets: 0, connections: 0, notes: [] }
  const [udp, tcp] = [
    { ...group, protocol: 'udp' as const },
    { ...group, protocol: 'tcp' as const },
  ]
  expect(detachedWords([udp, tcp])).toBe(
    'No filter that a killed rpbench left is on port 53 of UDP or TCP.\n',
  )
  expect(detachedWords([{ ...udp, sockets: 1 }, tcp])).toBe(
    'Took the filter that a killed rpbench left off 1 socket on port 53 of UDP.\n',
  )
  expect(detachedWords([udp, { ...tcp, sockets: 4, connections: 12 }])).toBe(
    'Took the filter that a killed rpbench left off 4 sockets on port 53 of TCP and 12 connections they accepted.\n',
  )
})
