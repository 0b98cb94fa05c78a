import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { Control } from '../../src/client/control.js'

describe('the control of workers', () => {
  it('is not stopped until it is, and every holder of its memory sees that', () => {
    const parent = new Control(Control.memory(3))
    const worker = new Control(parent.memory)
    expect(worker.stopped).toBe(false)
    parent.stop()
    expect(worker.stopped).toBe(true)
  })

  it('ends the sending without a stop, and a stop is one all the same', () => {
    const parent = new Control(Control.memory(1))
    const worker = new Control(parent.memory)
    expect(worker.finished).toBe(false)
    parent.finish()
    expect([worker.finished, worker.stopped]).toEqual([true, false])
    parent.stop()
    parent.finish()
    expect([worker.finished, worker.stopped]).toEqual([true, true])
  })

  it('adds up the live figures of all workers', () => {
    const parent = new Control(Control.memory(3))
    expect(parent.figures).toEqual({ sent: 0, replied: 0, lost: 0, flowsUsed: 0 })
    const worker = new Control(parent.memory)
    worker.publish(0, 10, 9, 1, 5)
    worker.publish(2, 2 ** 40, 2 ** 40, 0, 7)
    worker.publish(0, 20, 19, 1, 6)
    expect(parent.figures).toEqual({ sent: 2 ** 40 + 20, replied: 2 ** 40 + 19, lost: 1, flowsUsed: 13 })
    expect(parent.leastSent, 'of the one that has sent nothing yet').toBe(0)
    worker.publish(1, 30, 0, 0, 0)
    expect(parent.leastSent).toBe(20)
    expect(parent.stopped, 'figures and flags do not meet').toBe(false)
  })

  it('lets a worker pass a barrier that was opened before it came', () => {
    const control = new Control(Control.memory(2))
    control.open(1)
    control.pass(1, 0)
    control.open(1)
    control.open(1)
    control.pass(1, 1)
    control.pass(1, 2)
    expect(control.stopped).toBe(false)
  })

  it('holds a worker at its barrier until that barrier is opened, not another', async () => {
    const control = new Control(Control.memory(2))
    // Word for word what a worker waits on: the first barrier is behind the stop flag and the live figures.
    const waiter = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.module).then(({ Control }) => {
        const control = new Control(workerData.memory)
        parentPort.postMessage('at the barrier')
        control.pass(1, 0)
        parentPort.postMessage(control.stopped ? 'passed after the stop' : 'passed before the stop')
      })`,
      {
        eval: true,
        workerData: {
          memory: control.memory,
          module: new URL('../../dist/src/client/control.js', import.meta.url).href,
        },
      },
    )
    const said = async (): Promise<unknown> => ((await once(waiter, 'message')) as unknown[])[0]
    expect(await said()).toBe('at the barrier')
    const passed = said()
    control.open(0)
    control.stop()
    control.open(1)
    expect(await passed).toBe('passed after the stop')
    await waiter.terminate()
  })
})
