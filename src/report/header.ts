import { endpoint } from '../units/addresses.js'
import { formatCount, formatDuration } from '../units/format.js'
import { shardText } from '../plan/shard.js'
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

/** What the user called a result, and the file that flags were taken from. */
export function givenPhrases({
  label,
  configFile,
}: {
  label?: string | undefined
  configFile?: string | undefined
}): Phrase[] {
  return [
    ...(label === undefined ? [] : [{ text: `label ${label}` }]),
    ...(configFile === undefined ? [] : [{ text: `flags from ${configFile}` }]),
  ]
}

/** What a header needs of a result. */
type Headed = Pick<RunResult, 'group' | 'plan' | 'durationNs'> & Pick<Partial<RunResult>, 'server'>
type Effective = RunResult['plan']['effective']

/** What was run: where, on how many members, with how many flows, under what load, for how long. */
export function headerPhrases(result: Headed): Phrase[] {
  const { group, server } = result
  const { effective } = result.plan
  const [one, many] = group.server === 'threads' ? ['thread', 'threads'] : ['process', 'processes']
  const {
    protocol,
    host,
    listen,
    procs,
    flows,
    shard,
    waves,
    waveSize,
    weights,
    serviceTimeNs,
    pinMembers,
    pinWorkers,
    workers,
  } = effective
  const facts = [
    // Without a port of its own, each repetition took another.
    `${protocol} ${group.port === 0 ? host : endpoint(host, group.port)}`,
    listen !== undefined && listen !== 'address' && `listen ${listen}`,
    procs !== undefined && plural(procs, one, many),
    group.membersUnknown === true && 'a server that is not ours',
    server !== undefined && `served by ${server.host.hostname}`,
    shard !== undefined && `shard ${shardText(shard)}`,
    `${shard ? `${formatCount(flows)} of ` : ''}${plural(shard?.whole.flows ?? flows, 'flow', 'flows')}`,
    waves > 1 && `${formatCount(waves)} waves of ${formatCount(waveSize)}`,
    weights !== 'uniform' && `weights ${weights}`,
    serviceTimeNs !== undefined && serviceTimeNs > 0 && `service time ${formatDuration(serviceTimeNs)}`,
    group.dispatch !== undefined && `dispatch ${group.dispatch}`,
    group.steering !== undefined && `steering ${group.steering}`,
    load(effective),
    length(result),
    pinned('members', pinMembers, procs ?? 0),
    pinned('client', pinWorkers, workers),
  ]
  return facts.filter((fact) => fact !== false).map((text) => ({ text }))
}

/** Where members or client threads were pinned to: the CPUs of the list, as far as there were members or threads for them. */
function pinned(who: string, cpus: number[] | undefined, count: number): string | false {
  return cpus !== undefined && `${who} on ${nameCpus(cpusOf(cpus, Math.min(cpus.length, count))!)}`
}

/** The plan's `rateHz` is what makes the loop open. */
export function isOpenLoop(result: Pick<RunResult, 'plan'>): boolean {
  return result.plan.effective.rateHz !== undefined
}

/** How long the run was meant to be: a number of requests, or a time. */
export function length({ plan, durationNs }: Pick<RunResult, 'plan' | 'durationNs'>): string {
  const { requests } = plan.effective
  if (requests !== undefined) return plural(requests, 'request', 'requests')
  return formatDuration(plan.effective.durationNs ?? durationNs)
}

function load({ rateHz, arrivals, inFlight }: Effective): string {
  if (rateHz !== undefined) {
    return `open loop, ${formatCount(rateHz)}/s${arrivals === undefined ? '' : `, ${arrivals} arrivals`}`
  }
  return `closed loop, ${formatCount(inFlight)} in flight`
}
