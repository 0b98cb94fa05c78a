import { describe, expect, it } from 'vitest'
import { measure } from './experiment.js'
import { isRunning, membersOf } from './process-table.js'

describe('a member that is killed', () => {
  it('is named, ends the run long before its time, and leaves nothing running', async () => {
    let killed = 0
    let members: number[] = []
    const { result } = await measure(
      { procs: 3, flows: 300, warmupNs: 0, durationNs: 600e9, timeoutNs: 200e6 },
      {
        onProgress: ({ phase, figures }) => {
          if (phase !== 'measuring' || figures.replied === 0 || killed > 0) return
          members = membersOf(process.pid)
          killed = members[1]!
          process.kill(killed, 'SIGKILL')
        },
      },
    )
    expect(members).toHaveLength(3)
    const dead = result.members.find((member) => member.pid === killed)!
    expect(dead.died).toBe('was killed by SIGKILL')
    expect(result.members.filter((member) => member.died !== undefined)).toHaveLength(1)
    expect(result).toMatchObject({
      stopped: 'failed',
      failure: `Member ${dead.index} (process ${killed}) was killed by SIGKILL.`,
      validity: { verdict: 'invalid' },
    })
    expect(result.validity.findings.map((f) => f.code)).toContain('member-died')
    expect(result.books.replied, 'what was measured until then is kept').toBeGreaterThan(0)
    expect(result.books.unexplainedRequests, 'what it had queued closed with its socket').toBe(0)
    expect(result.durationNs).toBeLessThan(600e9)
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
  })

  it('during the warm-up is named too', async () => {
    let killed = 0
    const run = measure(
      { procs: 2, flows: 100, warmupNs: 600e9, timeoutNs: 200e6 },
      {
        onProgress: ({ phase, figures }) => {
          if (phase !== 'warming up' || figures.replied === 0 || killed > 0) return
          killed = membersOf(process.pid)[0]!
          process.kill(killed, 'SIGKILL')
        },
      },
    )
    const { result } = await run
    expect(result.stopped).toBe('failed')
    expect(result.failure).toContain(`(process ${killed}) was killed by SIGKILL`)
    expect(membersOf(process.pid)).toEqual([])
  })
})

describe('all members killed at once', () => {
  it('end the run', async () => {
    let members: number[] = []
    const { result } = await measure(
      { procs: 2, flows: 100, warmupNs: 0, durationNs: 600e9, timeoutNs: 200e6 },
      {
        onProgress: ({ phase, figures }) => {
          if (phase !== 'measuring' || figures.replied === 0 || members.length > 0) return
          members = membersOf(process.pid)
          for (const pid of members) process.kill(pid, 'SIGKILL')
        },
      },
    )
    expect(result.members.map((m) => m.died)).toEqual(['was killed by SIGKILL', 'was killed by SIGKILL'])
    expect(result.validity.verdict).toBe('invalid')
  })
})

describe('a run that is interrupted', () => {
  it('keeps what it measured and says that it is not all', async () => {
    const controller = new AbortController()
    const { result } = await measure(
      { procs: 2, flows: 100, warmupNs: 0, durationNs: 600e9 },
      {
        signal: controller.signal,
        onProgress: ({ phase, figures }) => {
          if (phase === 'measuring' && figures.replied > 0) controller.abort()
        },
      },
    )
    expect(result.stopped).toBe('interrupted')
    expect(result.books.replied).toBeGreaterThan(0)
    expect(result.validity).toMatchObject({ verdict: 'suspect' })
    expect(membersOf(process.pid)).toEqual([])
  })

  it('while its flows are opened ends without waiting for them', async () => {
    const controller = new AbortController()
    const phases = new Set<string>()
    const run = measure(
      { procs: 2, flows: 2000, durationNs: 600e9 },
      {
        signal: controller.signal,
        onProgress: ({ phase }) => {
          phases.add(phase)
          if (phase === 'opening flows') controller.abort()
        },
      },
    )
    await expect(run).rejects.toMatchObject({ code: 'RPB_INTERRUPTED' })
    expect([...phases].at(-1), 'no phase came after it').toBe('opening flows')
    expect(membersOf(process.pid)).toEqual([])
  })

  it('before its first measured packet has a result without figures', async () => {
    const controller = new AbortController()
    const { result } = await measure(
      { procs: 2, flows: 100, durationNs: 600e9, warmupNs: 600e9 },
      {
        signal: controller.signal,
        onProgress: ({ phase }) => {
          if (phase === 'warming up') controller.abort()
        },
      },
    )
    expect(result).toMatchObject({ stopped: 'interrupted', books: { sent: 0, replied: 0, unexplained: 0 } })
    expect(result.balance).toBeUndefined()
    expect(result.latency).toBeUndefined()
  })
})
