import { PARAMETERS, type ParameterKey } from '../../plan/parameters/table.js'
import { shardText, type Shard } from '../../plan/shard.js'
import type { CompareResult } from '../../result/compare-result.js'
import type { RunResult } from '../../result/run-result.js'
import type { HostTrait } from '../../result/trait.js'
import { endpoint, type Endpoint } from '../../units/addresses.js'
import { formatDuration } from '../../units/format.js'

type Plan = RunResult['plan']
type PlanDifference = CompareResult['differences']['plan'][number]
type HostDifference = CompareResult['differences']['host'][number]

/** Repetitions differ in their seed, and in when they began; why the engine is what it is says nothing that the engine does not say. */
const NO_DIFFERENCE = new Set(['seed', 'engineFallback', 'startAt'])

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
  if (key === 'shard' && value !== undefined) return shardText(value as Shard)
  if (kind === 'endpoint') return endpointText(value as Endpoint | undefined)
  return kind === 'duration' && typeof value === 'number' ? formatDuration(value) : text(value)
}

const endpointText = (value: Endpoint | undefined): string =>
  value === undefined ? text(value) : endpoint(value.address, value.port)

const flagName = (key: string): string =>
  key in PARAMETERS ? `--${PARAMETERS[key as ParameterKey].flag}` : key

/** Where, and by what, a result was measured. */
export interface Place extends Pick<RunResult, 'host' | 'tool'> {
  /** what was measured of the host meanwhile */
  measured: readonly HostTrait[]
}

/** What differs between where, and by what, the results of two sides were measured: all values that a side has. */
export function hostDifferences(base: readonly Place[], next: readonly Place[]): HostDifference[] {
  const [from, to] = [base, next].map((places) =>
    places.map(({ host: { traits: _apart, ...host }, tool }): Record<string, unknown> => ({
      ...host,
      rpbench: tool.version,
    })),
  )
  const fields = Object.keys({ ...from![0], ...to![0] })
    .map((field) => ({ field, base: values(from!, field), new: values(to!, field) }))
    .filter((one) => one.base !== one.new)
  return [
    ...fields,
    ...traitDifferences(base, next, ({ host }) => host.traits ?? [], observedOf),
    // Chance moves what is measured: what counts is whether it is as it should be.
    ...traitDifferences(base, next, ({ measured }) => measured, worstOf),
  ]
}

/** The traits in which both sides were looked at, and of which `telling` says different things. */
function traitDifferences(
  base: readonly Place[],
  next: readonly Place[],
  traitsOf: (place: Place) => readonly HostTrait[],
  telling: (found: readonly HostTrait[]) => string,
): HostDifference[] {
  const [from, to] = [base.flatMap(traitsOf), next.flatMap(traitsOf)]
  return [...new Set(from.map(({ id }) => id))].flatMap((field) => {
    const [ours, theirs] = [from, to].map((all) => all.filter(({ id }) => id === field))
    return theirs!.length === 0 || telling(ours!) === telling(theirs!)
      ? []
      : [{ field, base: rangeOf(ours!), new: rangeOf(theirs!) }]
  })
}

const observedOf = (found: readonly HostTrait[]): string =>
  [...new Set(found.map(({ observed }) => observed))].toSorted().join(', ')

const worstOf = (found: readonly HostTrait[]): string =>
  found.some(({ status }) => status === 'warn') ? 'warn' : 'ok'

const inOrder = new Intl.Collator('en', { numeric: true })

/** What was found, or where that is more than two things, the least and the most of it. */
function rangeOf(found: readonly HostTrait[]): string {
  const all = [...new Set(found.map(({ observed }) => observed))].toSorted(inOrder.compare)
  return all.length > 2 ? `${all[0]} to ${all.at(-1)}` : all.join(', ')
}

/** All values that places have of a field. */
const values = (places: readonly Record<string, unknown>[], field: string): string =>
  [...new Set(places.map((place) => text(place[field])))].toSorted().join(', ')
