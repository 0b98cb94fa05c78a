import type { RunPlan } from '../../plan/run-plan.js'
import { dueAndMissed } from '../../result/due-and-missed.js'
import type { Balance, RunResult } from '../../result/run-result.js'
import type { SweepRun } from '../../result/sweep-result.js'
import { trialQueues } from '../capacity/trial-queues.js'

/** The parts of a run's summary that come from its result; the others are of the sweep. */
export type RunSummary = Omit<
  SweepRun,
  'point' | 'repetition' | 'seed' | 'flags' | 'wallNs' | 'error' | 'trial'
>

/** A whole result → what a sweep keeps of it. Rates per second, times in ns. */
export function summariseRun(result: RunResult, plan: RunPlan): RunSummary {
  const { books, throughput, latency, balance, affinity, validity, members, answers, statuses } = result
  const { due, missed } = dueAndMissed(books)
  const replies = members.map((member) => member.replies)
  const mean = replies.reduce((sum, n) => sum + n, 0) / Math.max(1, replies.length)
  const queues = trialQueues(result, plan)
  const codes = (wanted: (severity: string) => boolean): string[] =>
    validity.findings.filter(({ severity }) => wanted(severity)).map(({ code }) => code)
  return {
    startedAt: result.startedAt,
    durationNs: result.durationNs,
    ...(result.stopped === 'failed' && { stopped: 'failed' as const }),
    ...(result.failure !== undefined && { failure: result.failure }),
    validity: {
      verdict: validity.verdict,
      findings: codes((severity) => severity !== 'note'),
      notes: codes((severity) => severity === 'note'),
    },
    ...throughput,
    ...(latency && { latency }),
    ...(due > 0 && { lossShare: missed / due }),
    books: {
      sent: books.sent,
      unsent: books.unsent,
      replied: books.replied,
      lost: books.lost,
      late: books.late,
      droppedAtMembers: books.droppedAtMembers,
      droppedAtClient: books.droppedAtClient,
      unexplained: books.unexplained,
    },
    ...(answers && { answers }),
    ...(statuses && { statuses }),
    ...(balance && balance.verdict !== 'unknown' && { flowsMaxOverMean: balance.maxOverMean }),
    ...(balance && { balance: balance.verdict, flowSpread: flowSpreadOf(balance) }),
    ...(mean > 0 && { deliveredMaxOverMean: Math.max(...replies) / mean }),
    moved: affinity.moved,
    ...(queues.length > 0 && { queues }),
  }
}

function flowSpreadOf({
  flows,
  members,
  maxOverMean,
  minOverMean,
  cv,
  pValue,
  effectBoundW,
  verdict,
}: Balance): NonNullable<SweepRun['flowSpread']> {
  return { flows, members, maxOverMean, minOverMean, cv, pValue, effectBoundW, verdict }
}
