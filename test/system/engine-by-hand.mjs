// A server and what asks an engine, by hand, for scripts in a network namespace of their own.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'

const KIND_AND_PHASE = 5
export const FLOW = 16

/** A server on an address, and the requests that it gets. */
export async function serverAt(address) {
  const requests = []
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (data, { port, address: from }) => requests.push({ data, port, address: from }))
  socket.bind(0, address)
  await once(socket, 'listening')
  return {
    socket,
    /** All requests that it got, once it has so many. */
    taken: async (count) => {
      while (requests.length < count) await turn()
      return requests.splice(0)
    },
  }
}

export function ask(engine, lanes) {
  lanes.forEach((lane, i) => {
    engine.exchange.sendLane[i] = lane
    engine.exchange.sendSequence[i] = i
  })
  engine.send(lanes.length, 1)
  return Array.from(engine.exchange.sendNs.slice(0, lanes.length))
}

/** Sends the reply to a request, once it is sent. */
export function reply({ data, port, address }, from) {
  const answer = Buffer.from(data)
  answer[KIND_AND_PHASE] |= 1
  return new Promise((sent) => {
    from.send(answer, port, address, sent)
  })
}

/** The flows of all replies that are there. What is none ends a call too. */
export function flowsAnswered(engine) {
  const all = []
  for (let idle = 0; idle < 10; idle++) {
    const n = engine.receive(1e6)
    if (n > 0) idle = 0
    all.push(...engine.exchange.lane.slice(0, n))
  }
  return all
}
