import { PARAMETERS, type ParameterKey } from '../../plan/parameters/table.js'
import type { CompareResult } from '../../result/compare-result.js'
import type { RunResult } from '../../result/run-result.js'
import { formatDuration } from '../../units/format.js'

type Plan = RunResult['plan']
type PlanDifference = CompareResult['differences']['plan'][number]
type HostDifference = CompareResult['differences']['host'][number]

/** Repetitions differ in their seed; why the engine is what it is says nothing that the engine does not say. */
const NO_DIFFERENCE = new Set(['seed', 'engineFallback'])

const text = (value: unknown): string =>
  value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value)

/**
 * The flags in which two plans differ, but for their seeds. Values are those of the complete plan. What one of them lacks and nobody
 * asked for on the other is a parameter that its version did not have yet.
 */
export function planDifferences(base: Plan, next: Plan): PlanDifference[] {
  const [from, to] = [everything(base), everything(next)]
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((key) => !NO_DIFFERENCE.has(key) && text(from[key]) !== text(to[key]))
    .filter((key) => (key in from && key in to) || wasAsked(base, key) || wasAsked(next, key))
    .map((key) => ({ flag: flagName(key), base: valueText(key, from[key]), new: valueText(key, to[key]) }))
}

/** The changes of a group are no part of the plan of its load, and stand with what was given. */
function everything({ effective, supplied }: Plan): Record<string, unknown> {
  const { change } = supplied
  return { ...effective, ...(change !== undefined && { change }) }
}

const wasAsked = ({ supplied }: Plan, key: string): boolean =>
  key in PARAMETERS && supplied[PARAMETERS[key as ParameterKey].flag] !== undefined

/** As one would write it. */
function valueText(key: string, value: unknown): string {
  const kind = key in PARAMETERS ? PARAMETERS[key as ParameterKey].kind.name : undefined
  return kind === 'duration' && typeof value === 'number' ? formatDuration(value) : text(value)
}

const flagName = (key: string): string =>
  key in PARAMETERS ? `--${PARAMETERS[key as ParameterKey].flag}` : key

/** Where, and by what, a result was measured. */
export type Place = Pick<RunResult, 'host' | 'tool'>

/** What differs between where, and by what, the results of two sides were measured: all values that a side has. */
export function hostDifferences(base: readonly Place[], next: readonly Place[]): HostDifference[] {
  const [from, to] = [base, next].map((places) =>
    places.map(({ host, tool }): Record<string, unknown> => ({ ...host, rpbench: tool.version })),
  )
  return Object.keys({ ...from![0], ...to![0] })
    .map((field) => ({ field, base: values(from!, field), new: values(to!, field) }))
    .filter((one) => one.base !== one.new)
}

/** All values that places have of a field. */
const values = (places: readonly Record<string, unknown>[], field: string): string =>
  [...new Set(places.map((place) => text(place[field])))].toSorted().join(', ')
