import { describe, expect, it } from 'vitest'
import { connectionsAtChange } from '../../src/assembly/change-connections.js'
import type { DoneChange } from '../../src/recording/done-change.js'
import type { Recording } from '../../src/recording/recording.js'

const losses = (resetByServer: number, closedByServer: number) => ({
  ended: { resetByServer, closedByServer },
})

/** Member 0 is killed with 5 connections waiting, and with 8 open of 40 that it accepted, of which it answered 34. */
function killed(migratesConnections: boolean, strangers = 0): ReturnType<typeof connectionsAtChange> {
  const stop = { action: 'stop', member: 0, generation: 0 }
  const done = [{ taken: [stop], losses: losses(1, 1) }] as unknown as DoneChange[]
  const after = {
    taken: [10, 24],
    left: [0, 0],
    strangers,
    connections: { accepted: 40, open: 8, acceptQueue: 5 },
  }
  const recording = {
    changes: { done, lossesAfter: losses(12, 2) },
    group: { lives: [{ member: 0, generation: 0, after }] },
    host: { migratesConnections },
  } as unknown as Recording
  return connectionsAtChange(recording, done, 0)
}

describe('what a listener that leaves takes along', () => {
  it('is what waits in its queue, and what its member has accepted and not answered', () =>
    expect(killed(false)).toEqual({
      queued: 5,
      migrates: false,
      unanswered: 6,
      predictedLost: 11,
      reset: 11,
      closed: 1,
      open: 8,
    }))

  it('is the latter alone where the others migrate', () =>
    expect(killed(true)).toMatchObject({ queued: 5, unanswered: 6, predictedLost: 6 }))

  it('is no connection that a stranger opened, and no more than are open', () => {
    expect(killed(true, 2)).toMatchObject({ unanswered: 4 })
    expect(killed(true, 9)).toMatchObject({ unanswered: 0 })
  })
})
