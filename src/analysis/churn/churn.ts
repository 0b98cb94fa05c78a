import type { Life } from '../../kernel/group-array.js'
import { reciprocalScale } from '../../kernel/reciprocal-scale.js'
import { codeOf } from '../../recording/flow-stays.js'
import type { FlowHistory } from './flow-history.js'

/** A change as it was carried out. Times are ns since the run's epoch. */
export interface ChangeWindow {
  before: readonly Life[]
  after: readonly Life[]
  /** when the array was last changed before: from then on a flow is where it was at this change */
  sinceNs: number
  /** when the previous change, of any kind, was done */
  previousNs: number
  beganNs: number
  doneNs: number
  /** when the next change began */
  untilNs: number
  /**
   * Requests this close before a change say nothing of where their flow was: between the look at the clock and the
   * kernel's choice a sender may lose its CPU. Each flow must have had a turn before that, and another after it.
   */
  guardNs: number
}

/** What became of the flows at one change; counts of flows. */
export interface FlowMoves {
  /** answered before the change and after it */
  flows: number
  stayed: number
  moved: number
  orphans: number
  collateral: number
  /** of those that stayed: answered by another member meanwhile */
  strayed: number
  /** answered before the change at some time, and not once between it and the next */
  dark: number
  /** of those, by where they were before; without those of whom that is not known */
  darkFrom: number[]
  /** not once answered between the previous change and this one, and answered after it */
  returned: number
  /** answered before the change at some time */
  known: number
  /** rows `before`, columns `after` */
  transitions: number[][]
  settledNs: number
}

/** Sorts the flows of a run by where they were before a change and after it. */
export function classifyMoves(history: FlowHistory, window: ChangeWindow): FlowMoves {
  const { before, after, beganNs, doneNs } = window
  const rowOf = new Map(before.map((life, row) => [codeOf(life), row]))
  const columnOf = new Map(after.map((life, column) => [codeOf(life), column]))
  const moves: FlowMoves = {
    flows: 0,
    stayed: 0,
    moved: 0,
    orphans: 0,
    collateral: 0,
    strayed: 0,
    dark: 0,
    darkFrom: before.map(() => 0),
    returned: 0,
    known: 0,
    transitions: before.map(() => after.map(() => 0)),
    settledNs: 0,
  }
  for (let flow = 0; flow < history.flows; flow++) {
    if (history.lastIn(flow, 0, beganNs) === undefined) continue // never answered before: nothing can be said
    moves.known++
    const from = placeBefore(history, flow, window)
    const row = from === undefined ? undefined : rowOf.get(from)
    if (!history.heardIn(flow, doneNs + window.guardNs, window.untilNs)) {
      moves.dark++
      if (row !== undefined) moves.darkFrom[row]!++
      continue
    }
    if (!history.heardIn(flow, window.previousNs + window.guardNs, beganNs)) moves.returned++
    const to = placeAfter(history, flow, window)
    const column = to === undefined ? undefined : columnOf.get(to)
    if (from === undefined || to === undefined || row === undefined || column === undefined) continue
    moves.flows++
    moves.transitions[row]![column]!++
    // From the change's beginning on, what it last asked another member than the one that it settled at.
    const elsewhereNs = history.lastElsewhereIn(flow, to, beganNs, window.untilNs - window.guardNs)
    moves.settledNs = Math.max(moves.settledNs, elsewhereNs - beganNs)
    if (from === to) {
      moves.stayed++
      if (elsewhereNs > beganNs) moves.strayed++
    } else {
      moves.moved++
      if (columnOf.has(from)) moves.collateral++
      else moves.orphans++
    }
  }
  return moves
}

/** The life that a flow had before a change; undefined where it has not been heard of since the group last changed. */
function placeBefore(
  history: FlowHistory,
  flow: number,
  { sinceNs, beganNs, guardNs }: ChangeWindow,
): number | undefined {
  // What stalled members answer afterwards would place an arbitrary part of their flows: those that were not dropped.
  if (!history.heardIn(flow, sinceNs, beganNs)) return undefined
  return history.lastIn(flow, sinceNs, beganNs - guardNs)
}

/** The life that a flow has after a change; undefined where it was not heard of before the next. */
function placeAfter(
  history: FlowHistory,
  flow: number,
  { doneNs, untilNs, guardNs }: ChangeWindow,
): number | undefined {
  return history.lastIn(flow, doneNs, untilNs - guardNs)
}

/** Whether a member is where the rule puts a hash. */
function isWhereHashed(place: number, array: readonly Life[], hash: number): boolean {
  return place === codeOf(array[reciprocalScale(hash, array.length)]!)
}

/**
 * Holds each flow against the kernel's rule, where its hash was seen: index `reciprocal_scale(hash, n)` of the array
 * before the change, and of that after it.
 * @param hashes u32 of each flow, undefined where it was not seen
 * @returns how many flows were known before and after, and how many of them were in both places that the rule names
 */
export function checkByHash(
  history: FlowHistory,
  window: ChangeWindow,
  hashes: readonly (number | undefined)[],
): { checked: number; agreed: number } {
  let checked = 0
  let agreed = 0
  for (const [flow, hash] of hashes.entries()) {
    const from = placeBefore(history, flow, window)
    const to = placeAfter(history, flow, window)
    if (hash === undefined || from === undefined || to === undefined) continue
    checked++
    if (isWhereHashed(from, window.before, hash) && isWhereHashed(to, window.after, hash)) agreed++
  }
  return { checked, agreed }
}
