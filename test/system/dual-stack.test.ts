import dgram from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { GroupOptions } from '../../src/group/group-options.js'
import { OwnGroup } from '../../src/group/own-group.js'
import { measure, quietPort } from './experiment.js'
import { groupOptions } from './group-options.js'
import { refuseLeftovers } from './process-table.js'
import { LOOPBACK } from '../../src/units/addresses.js'
import { request } from './request.js'

const needsIpv6 = { skip: !existsSync('/proc/net/if_inet6') }

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
  refuseLeftovers(process.pid)
})

async function start(changes: Partial<GroupOptions>): Promise<OwnGroup> {
  const group = await OwnGroup.start(groupOptions({ address: '::', ...changes }))
  closers.push(() => group.stop())
  return group
}

/** Asks a group at one of its addresses. @returns where the answer came from */
async function ask(group: OwnGroup, type: 'udp4' | 'udp6', address: string): Promise<dgram.RemoteInfo> {
  const client = dgram.createSocket(type)
  closers.push(() => client.close())
  const answer = once(client, 'message') as Promise<[Buffer, dgram.RemoteInfo]>
  client.bind(0, LOOPBACK[type === 'udp4' ? 'ipv4' : 'ipv6'])
  await once(client, 'listening')
  client.send(request(group.options.runId!, client), group.sockets.port, address)
  const [, from] = await answer
  return from
}

describe('a group on the wildcard of IPv6', needsIpv6, () => {
  it.each(['reuseport', 'fan-out', 'shared'] as const)(
    'takes IPv6 and IPv4, and answers from the address that was asked, under %s',
    async (dispatch) => {
      const group = await start({ dispatch })
      const { port } = group.sockets
      expect(await ask(group, 'udp6', '::1')).toMatchObject({ address: '::1', port })
      // Not the address that a reply to 127.0.0.1 would have by itself.
      expect(await ask(group, 'udp4', '127.0.0.5')).toMatchObject({ address: '127.0.0.5', port })
    },
  )

  it('sees a stranger of either family on its port', async () => {
    const port = quietPort()
    for (const [type, address] of [
      ['udp4', '127.0.0.1'],
      ['udp6', '::1'],
    ] as const) {
      const socket = dgram.createSocket(type)
      socket.bind(port, address)
      await once(socket, 'listening')
      await expect(start({ port })).rejects.toMatchObject({ code: 'RPB_PORT_IN_USE' })
      socket.close()
    }
  })

  it('is asked over IPv4 at an address of it, and its counts are those of the kernel', async () => {
    const { result, flows } = await measure({
      listen: 'dual-stack',
      sourceAddresses: ['127.0.0.1', '127.0.0.2'],
      procs: 3,
      flows: 200,
    })
    expect(result.group).toMatchObject({ family: 'ipv6', address: '::' })
    expect(new Set(flows.map(({ sourceAddress }) => sourceAddress))).toEqual(
      new Set(['127.0.0.1', '127.0.0.2']),
    )
    expect(result.books).toMatchObject({ lost: 0, unexplained: 0 })
    const { snmpInDatagrams, ourInDatagrams } = result.crossCheck!
    expect(snmpInDatagrams).toBeGreaterThanOrEqual(ourInDatagrams!)
  })
})

describe('a group on ::1', needsIpv6, () => {
  it('has a port that IPv4 may have as well', async () => {
    const socket = dgram.createSocket('udp4')
    closers.push(() => socket.close())
    const port = quietPort()
    socket.bind(port, '127.0.0.1')
    await once(socket, 'listening')
    expect((await start({ address: '::1', port })).sockets.port).toBe(port)
  })
})
