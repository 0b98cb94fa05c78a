import { checkByHash, classifyMoves, type FlowMoves } from '../analysis/churn/churn.js'
import { FlowHistory } from '../analysis/churn/flow-history.js'
import { mergeHistograms, summarise } from '../analysis/latency/latency.js'
import { testMoves } from '../analysis/churn/move-test.js'
import { lifeKey, type Life } from '../kernel/group-array.js'
import { predictSteps } from '../analysis/prediction/prediction.js'
import { flowPeriodNs } from '../plan/change-plan.js'
import { changeText } from '../plan/group-change.js'
import type { SteeringKind } from '../plan/steering.js'
import type { DoneChange } from '../recording/done-change.js'
import { codeOf } from '../recording/flow-stays.js'
import type { Recording } from '../recording/recording.js'
import type { TimelineData, WorkerReport } from '../recording/worker-report.js'
import type { ChangeResult, ChurnResult } from '../result/churn-result.js'
import { booksOf } from './books.js'
import { connectionsOf } from './connections.js'
import { connectionsAtChange } from './change-connections.js'
import { changeLossesOf, type ChangeLosses } from './change-losses.js'
import { withCutOff } from './cut-off.js'
import { headOf, latencyOf, scheduleOf, sum, throughputOf } from './figures.js'
import { histogramsOf } from './histograms.js'
import { intervalsOf } from './intervals.js'
import { crossCheckOf, observationsOf } from './observations.js'
import type { Origin } from './origin.js'
import { serverLedgers } from './server-ledgers.js'
import { standstillOf } from './silences.js'
import { validityOf } from './validity.js'
import { CHURN_SCHEMA } from '../result/schema-names.js'

function timelinesOf(reports: readonly WorkerReport[]): TimelineData[] {
  return reports.flatMap(({ trace }) => trace?.timeline ?? [])
}

/** The response times that all workers had in a window, see ChangeWatch. */
function responseIn(timelines: readonly TimelineData[], window: number) {
  return summarise(mergeHistograms(timelines.map(({ responses }) => responses[window]!)))
}

/** What the model says of a change, and what that rests on. */
function predictionOf(
  moves: FlowMoves,
  { before, after, steps, silence }: DoneChange,
  earlier: readonly DoneChange[],
  steering: SteeringKind,
): ChangeResult['predicted'] & { minimumMovedShare: number } {
  const past = { start: earlier[0]?.before ?? before, changes: earlier.map((change) => change.steps) }
  const { movedShare, orphanShare, collateralShare, darkShare, minimumMovedShare, determined } = predictSteps(
    { before, steps, silence, past },
    steering,
  )
  if (determined)
    return { movedShare, orphanShare, collateralShare, darkShare, minimumMovedShare, from: 'rule' }
  // Which flows an earlier change moved was up to when each of them sent, so only the rule itself can be put to where
  // they were seen: those whose member goes move, and no other.
  const stays = new Set(after.map(lifeKey))
  const gone = before.map((life) => !stays.has(lifeKey(life)))
  const leaving = sum(moves.transitions.filter((_, row) => gone[row]).map((row) => sum(row)))
  const leavingShare = moves.flows === 0 ? 0 : leaving / moves.flows
  return {
    movedShare: leavingShare,
    orphanShare: leavingShare,
    collateralShare: 0,
    darkShare,
    minimumMovedShare,
    from: 'placement',
  }
}

function changeResult(
  recording: Recording,
  done: readonly DoneChange[],
  history: FlowHistory,
  losses: ChangeLosses,
  i: number,
): ChangeResult {
  const { startNs, reports, plan, hashes, changes } = recording
  const change = done[i]!
  const connections = connectionsAtChange(recording, done, i)
  const { askedNs, beganNs, doneNs, before, after } = change
  const next = done[i + 1]
  // A change that failed may have been carried out in part.
  const failedNs = next === undefined ? changes?.failed?.askedNs : undefined
  const previousNs = done[i - 1]?.doneNs ?? startNs
  const window = {
    before,
    after,
    sinceNs: done.findLast((earlier, j) => j < i && earlier.steps.length > 0)?.doneNs ?? startNs,
    previousNs,
    beganNs,
    doneNs,
    untilNs: next?.beganNs ?? failedNs ?? Infinity,
    guardNs: flowPeriodNs(plan),
  }
  const moves = classifyMoves(history, window)
  const { known, ...counts } = moves
  const timelines = timelinesOf(reports)
  const { minimumMovedShare, ...predicted } = predictionOf(moves, change, done.slice(0, i), plan.steering)
  const byHash = hashes && checkByHash(history, window, hashes)
  const { pValue, agrees } = testMoves(moves, predicted)
  const holds = byHash ? byHash.agreed === byHash.checked : agrees
  const latencyBefore = responseIn(timelines, 2 * i)
  const latencyDuring = responseIn(timelines, 2 * i + 1)
  const sinceStart = (ns: number): number => Math.round(ns - startNs)
  return {
    change: changeText(change.change),
    askedNs: sinceStart(askedNs),
    atNs: sinceStart(beganNs),
    doneNs: sinceStart(doneNs),
    steps: change.taken.map(({ action, member, generation, atNs }) => ({
      action,
      member,
      generation,
      atNs: sinceStart(atNs),
    })),
    membersBefore: [...before],
    membersAfter: [...after],
    ...counts,
    settledNs: Math.round(moves.settledNs),
    movedShare: moves.flows === 0 ? 0 : moves.moved / moves.flows,
    darkShare: known === 0 ? 0 : moves.dark / known,
    ...losses,
    ...(connections && { connections }),
    ...(latencyBefore && { latencyBefore }),
    ...(latencyDuring && { latencyDuring }),
    predicted,
    minimum: { movedShare: minimumMovedShare },
    test: byHash ? { method: 'flow-by-flow', ...byHash } : { method: 'shares', pValue },
    verdict: moves.flows === 0 ? 'unseen' : holds ? 'as predicted' : 'differs',
  }
}

/** When all workers were still sending, ns since the run's epoch. */
function sendingEndNs(reports: readonly WorkerReport[]): number {
  const ends = timelinesOf(reports).map(
    ({ sent, intervalNs }) => (sent.findLastIndex((count) => count > 0) + 1) * intervalNs,
  )
  return ends.length === 0 ? 0 : Math.min(...ends)
}

/** How many of the changes that were carried out had time enough after them for each flow to show where it is. */
function changesSeen({ reports, plan, changes }: Recording, done: readonly DoneChange[]): number {
  const last = done.at(-1)
  if (last === undefined) return 0
  // One turn is the guard of `classifyMoves`, in the other each flow is asked.
  const seenUntilNs = Math.min(sendingEndNs(reports), changes?.failed?.askedNs ?? Infinity)
  return seenUntilNs - last.doneNs >= 2 * flowPeriodNs(plan) ? done.length : done.length - 1
}

/** Flows that were last answered by a life, and all that were ever answered. */
function flowsLastAt(history: FlowHistory, life: Life): { own: number; of: number } {
  const last = Array.from({ length: history.flows }, (_, flow) => history.lastIn(flow, 0, Infinity))
  const seen = last.filter((code) => code !== undefined)
  return { own: seen.filter((code) => code === codeOf(life)).length, of: seen.length }
}

/** Turns a recording into the result; nothing here touches the system. */
export function assembleChurn(recorded: Recording, origin: Origin): ChurnResult {
  const recording = withCutOff(recorded)
  const { plan, reports, group, changes: { planned, done } = { planned: [], done: [] } } = recording
  const history = new FlowHistory(
    plan.flows,
    reports.flatMap(({ firstFlow, trace }) => (trace ? [{ firstFlow, stays: trace.stays }] : [])),
  )
  const ledgers = serverLedgers(plan.dispatch, group)
  const books = booksOf(recording, ledgers)
  const connections = connectionsOf(recording)
  const crossCheck = crossCheckOf(recording, books, ledgers)
  const seen = changesSeen(recording, done)
  const losses = changeLossesOf(recording, books)
  const skipped = planned.slice(seen).map(({ change }) => changeText(change))
  const latency = latencyOf(reports)
  const schedule = scheduleOf(recording)
  const histograms = histogramsOf(recording)
  const intervals = intervalsOf(recording, books)
  const standstill = standstillOf(recording, (life) => flowsLastAt(history, life))
  return {
    schema: CHURN_SCHEMA,
    ...headOf(recording, books, origin),
    ...standstill,
    ...(latency && { latency }),
    ...(schedule && { schedule }),
    throughput: throughputOf(recording),
    changes: done.slice(0, seen).map((_, i) => changeResult(recording, done, history, losses[i]!, i)),
    skipped,
    ...(intervals && { intervals }),
    ...(connections && { connections }),
    books,
    crossCheck,
    validity: validityOf(
      observationsOf(recording, {
        books,
        crossCheck,
        standstill,
        latency,
        lag: schedule?.lag,
        changesUnseen: skipped,
      }),
    ),
    ...(histograms && { histograms }),
  }
}
