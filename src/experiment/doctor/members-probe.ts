import { RpbenchError } from '../../errors.js'
import { hasSeccompFilter } from '../../host/capabilities.js'
import { switchedOff } from '../../host/io-uring.js'
import { memoryLeft, tasksLeft } from '../../host/shortage.js'
import { MEMBER_TASKS } from '../../group/start.js'
import { completePlan, type HostFacts } from '../../plan/run-plan.js'
import type { SomeReadings, TraitReadings } from '../../recording/trait-readings.js'
import type { RunResult } from '../../result/run-result.js'
import { runExperiment } from '../run.js'
import { prepareTraffic } from '../traffic.js'

const MEMBERS = 2
const FLOWS = 200
const REQUESTS = 2

type Found = Pick<SomeReadings, 'members' | 'io-uring' | 'member-memory' | 'processes'>

/**
 * Runs 200 flows over two member processes: whether it comes to its end, over which engine, and what a member takes.
 * @returns what can be said of it; nothing where it was interrupted
 */
export async function probeMembers(
  facts: HostFacts,
  signal: AbortSignal,
  toolVersion: string,
): Promise<Found> {
  const processes = tasks()
  try {
    const plan = completePlan(
      { procs: MEMBERS, flows: FLOWS, requests: REQUESTS, warmupNs: 0, serviceTimeNs: 0 },
      facts,
    )
    const { result } = await runExperiment({
      plan,
      supplied: {},
      traffic: prepareTraffic(plan),
      toolVersion,
      signal,
      onProgress: () => {},
    })
    if (signal.aborted) return {}
    return {
      members: { processes: MEMBERS, answered: result.books.replied, asked: result.books.sent },
      'io-uring': ioUring(facts, result.client?.engine),
      'member-memory': memoryOf(result),
      processes,
    }
  } catch (error) {
    if (!(error instanceof RpbenchError)) throw error
    if (error.code === 'RPB_INTERRUPTED') return {}
    return {
      members: { processes: MEMBERS, answered: 0, asked: FLOWS * REQUESTS, failure: error.message },
      'io-uring': ioUring(facts),
      'member-memory': { unknown: 'no member served' },
      processes,
    }
  }
}

function ioUring({ ioUringRefusal: refused }: HostFacts, engine?: string): TraitReadings['io-uring'] {
  if (refused === undefined) return { used: engine === 'io_uring' }
  const disabled = switchedOff()
  return { refused, ...(disabled !== undefined && { disabled }), seccomp: hasSeccompFilter() }
}

function memoryOf({ members }: RunResult): NonNullable<SomeReadings['member-memory']> {
  const residentBytes = Math.max(...members.map((member) => member.residentBytes ?? 0))
  const left = memoryLeft()
  if (residentBytes === 0 || left === undefined) return { unknown: 'this host does not show it' }
  return { residentBytes, freeBytes: Math.max(0, left.left), bound: left.says }
}

function tasks(): TraitReadings['processes'] {
  const bound = tasksLeft()
  return {
    tasksPerMember: MEMBER_TASKS,
    ...(bound && { left: bound.left, bound: bound.says, raise: bound.raise }),
  }
}
