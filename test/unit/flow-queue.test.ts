import { describe, expect, it } from 'vitest'
import { FlowQueue } from '../../src/client/flow-queue.js'

const takeAll = (queue: FlowQueue): number[] => Array.from({ length: queue.length }, () => queue.take())

describe('a flow queue', () => {
  it('gives the flows in the order of their lanes', () => {
    const queue = new FlowQueue(4, 1)
    expect(queue.length).toBe(4)
    expect(takeAll(queue)).toEqual([0, 1, 2, 3])
    expect(queue.length).toBe(0)
  })

  it('puts a flow that comes back behind all others', () => {
    const queue = new FlowQueue(3, 1)
    queue.put(queue.take())
    expect(takeAll(queue)).toEqual([1, 2, 0])
  })

  it('with several turns lets each flow have its first before any has its second', () => {
    const queue = new FlowQueue(2, 3)
    expect(takeAll(queue)).toEqual([0, 1, 0, 1, 0, 1])
  })

  it('takes turns back in the order in which they come, round and round', () => {
    const queue = new FlowQueue(3, 1)
    for (let round = 0; round < 10; round++) {
      expect(takeAll(queue)).toEqual([0, 1, 2])
      for (const lane of [0, 1, 2]) queue.put(lane)
    }
    takeAll(queue)
    for (const lane of [2, 0, 1]) queue.put(lane)
    expect(takeAll(queue)).toEqual([2, 0, 1])
  })
})
