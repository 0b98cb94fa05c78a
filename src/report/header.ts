import { endpoint } from '../units/addresses.js'
import { formatCount, formatDuration } from '../units/format.js'
import { cpusOf, nameCpus } from '../plan/cpu-list.js'
import type { RunResult } from '../result/run-result.js'
import { hangOf, type Phrase, wrap } from './line.js'
import { plural } from '../units/plural.js'
import type { Style } from './style.js'

/** The first lines of a report: its title, and beside it what was done. */
export function titleLines(title: string, phrases: readonly Phrase[], style: Style): string[] {
  const width = title.length + 3
  const [first = '', ...more] = wrap(phrases, width, hangOf(width, style), style)
  return [`${title.padEnd(width)}${first}`.trimEnd(), ...more]
}

/** What a header needs of a result; members only where the plan does not say how many there are. */
type Headed = Pick<RunResult, 'group' | 'plan' | 'durationNs'> & { members?: readonly unknown[] }

/** What was run: where, on how many members, with how many flows, under what load, for how long. */
export function headerPhrases(result: Headed): Phrase[] {
  const { group, members = [], plan } = result
  const { effective } = plan
  const [one, many] = group.server === 'threads' ? ['thread', 'threads'] : ['process', 'processes']
  const flows = numberAt(effective, 'flows')
  const waves = numberAt(effective, 'waves') ?? 1
  const waveSize = numberAt(effective, 'waveSize')
  const { weights } = effective
  const serviceTimeNs = numberAt(effective, 'serviceTimeNs') ?? 0
  const facts = [
    `${group.protocol} ${endpoint(group.address, group.port)}`,
    plural(numberAt(effective, 'procs') ?? members.length, one, many),
    flows !== undefined && plural(flows, 'flow', 'flows'),
    waves > 1 && `${formatCount(waves)} waves${waveSize === undefined ? '' : ` of ${formatCount(waveSize)}`}`,
    typeof weights === 'string' && weights !== 'uniform' && `weights ${weights}`,
    serviceTimeNs > 0 && `service time ${formatDuration(serviceTimeNs)}`,
    group.dispatch !== undefined && `dispatch ${group.dispatch}`,
    group.steering !== undefined && `steering ${group.steering}`,
    load(effective),
    length(result),
    pinned('members', cpusAt(effective, 'pinMembers'), result.members?.length),
    pinned('client', cpusAt(effective, 'pinWorkers'), numberAt(effective, 'workers')),
  ]
  return facts.filter((fact) => fact !== false).map((text) => ({ text }))
}

/** Where members or client threads were pinned to: the CPUs of the list, as far as there were members or threads for them. */
function pinned(who: string, cpus: number[] | undefined, count: number | undefined): string | false {
  return (
    cpus !== undefined && `${who} on ${nameCpus(cpusOf(cpus, Math.min(cpus.length, count ?? Infinity))!)}`
  )
}

/** The plan's `rateHz` is what makes the loop open. */
export function isOpenLoop(result: Pick<RunResult, 'plan'>): boolean {
  return numberAt(result.plan.effective, 'rateHz') !== undefined
}

/** How long the run was meant to be: a number of requests, or a time. */
export function length({ plan, durationNs }: Pick<RunResult, 'plan' | 'durationNs'>): string {
  const requests = numberAt(plan.effective, 'requests')
  if (requests !== undefined) return plural(requests, 'request', 'requests')
  return formatDuration(numberAt(plan.effective, 'durationNs') ?? durationNs)
}

function load(effective: RunResult['plan']['effective']): string {
  const rateHz = numberAt(effective, 'rateHz')
  if (rateHz !== undefined) {
    const { arrivals } = effective
    return `open loop, ${formatCount(rateHz)}/s${typeof arrivals === 'string' ? `, ${arrivals} arrivals` : ''}`
  }
  const inFlight = numberAt(effective, 'inFlight')
  return inFlight === undefined ? 'closed loop' : `closed loop, ${formatCount(inFlight)} in flight`
}

function cpusAt(effective: RunResult['plan']['effective'], key: string): number[] | undefined {
  const value = effective[key]
  const numbers = Array.isArray(value) ? value.filter((cpu): cpu is number => typeof cpu === 'number') : []
  return numbers.length > 0 ? numbers : undefined
}

/** Plans are open records, since they grow: what is absent or of another type is not shown. */
function numberAt(effective: RunResult['plan']['effective'], key: string): number | undefined {
  const value = effective[key]
  return typeof value === 'number' ? value : undefined
}
