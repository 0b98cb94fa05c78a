import { afterEach, describe, expect, it } from 'vitest'
import { churnResult, type ChurnResult } from '../../src/result/churn-result.js'
import { inNamespace, mayHaveNamespace } from './namespace.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))

afterEach(() => Tool.endAll())

/** A member stands still, its accept queue fills, and it is killed. */
const KILLED = ['--change', '400ms:stall:0', '--change', '800ms:kill:0']
const SMALL = ['churn', '--protocol', 'tcp', '-p', '2', '-f', '100', '--rate', '1k', '--timeout', '10s']

async function churn(args: readonly string[], under: readonly string[] = []): Promise<ChurnResult> {
  const outcome = await runTool([...SMALL, ...args, '--warmup', '50ms', '--json', '-o', directory], { under })
  expect(outcome.stderr).toBe('')
  return churnResult.parse(JSON.parse(outcome.stdout))
}

/** What the kernel counted in the namespace, of connections that went to another listener. */
const MIGRATED = `grep TcpExt /proc/net/netstat | awk 'NR==1{for(i=1;i<=NF;i++)if($i=="TCPMigrateReqSuccess")c=i} NR==2{print $c}' >&2`

describe('rpbench churn --protocol tcp', () => {
  it('moves flows as the rule says, each asked on a connection of its own, and loses nothing where a member drains', async () => {
    const result = await churn(['--leave', 'drain', '--change', '400ms:add', '--change', '800ms:remove:0'])
    expect(result.plan.effective).toMatchObject({ protocol: 'tcp', requestsPerConnection: 1 })
    expect(result.changes.map(({ verdict }) => verdict)).toEqual(['as predicted', 'as predicted'])
    expect(result.changes[0]).not.toHaveProperty('connections')
    expect(result.changes[1]!.connections).toMatchObject({ queued: 0, predictedLost: 0, reset: 0 })
    expect(result.books).toMatchObject({ lost: 0, unexplained: 0 })
  })

  it.skipIf(!mayHaveNamespace())(
    'foretells from its accept queue what a listener takes along, and clients see as many broken off',
    async () => {
      const result = await churn(KILLED, inNamespace('sysctl -qw net.ipv4.tcp_migrate_req=0'))
      const { queued, ...seen } = result.changes[1]!.connections!
      expect(queued).toBeGreaterThan(0)
      expect(seen).toMatchObject({ migrates: false, predictedLost: queued, reset: queued })
      expect(result.books).toMatchObject({ lost: queued, unexplained: 0 })
      // It had waited there since the member stood still.
      expect(result.changes[1]).toMatchObject({ lost: queued, lostTo: { closedWithSocket: queued } })
    },
  )

  it.skipIf(!mayHaveNamespace())(
    'loses none of them where they migrate, as the kernel counts too',
    async () => {
      const outcome = await runTool([...SMALL, ...KILLED, '--warmup', '50ms', '--json', '-o', directory], {
        under: inNamespace('sysctl -qw net.ipv4.tcp_migrate_req=1', MIGRATED),
      })
      const result = churnResult.parse(JSON.parse(outcome.stdout))
      const { queued, ...seen } = result.changes[1]!.connections!
      expect(queued).toBeGreaterThan(0)
      expect(seen).toMatchObject({ migrates: true, predictedLost: 0, reset: 0 })
      expect(Number(outcome.stderr), 'TCPMigrateReqSuccess').toBe(queued)
      expect(result.books).toMatchObject({ lost: 0, unexplained: 0 })
    },
  )

  it('moves every flow where all listeners are replaced, and loses nothing where they drain', async () => {
    const { changes, books, validity } = await churn(['--leave', 'drain', '--change', '400ms:replace'])
    expect(changes).toMatchObject([{ verdict: 'as predicted', movedShare: 1, lost: 0 }])
    expect(changes[0]!.connections).toMatchObject({ queued: 0, predictedLost: 0, reset: 0, closed: 0 })
    expect(books).toMatchObject({ lost: 0, unexplained: 0 })
    expect(validity.findings.map(({ code }) => code)).not.toContain('littles-law')
  })

  it('refuses connections that would keep flows where they are', async () => {
    const outcome = await runTool([...SMALL, '--requests-per-connection', '10', '--change', '1s:add'])
    expect(outcome).toMatchObject({
      status: 2,
      stdout: '',
      stderr:
        'rpbench: --requests-per-connection 10 keeps flows where their connections are, whatever changes: over TCP churn asks on a connection each, so leave it out.\n',
    })
  })
})
