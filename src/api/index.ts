import { RpbenchError } from '../errors.js'
import type { OptionsOf } from '../plan/options.js'
import type { Command } from '../plan/parameters/row.js'
import type { FlagTexts } from '../plan/parameters/texts.js'
import { whyNotStart } from '../prerequisites.js'
import type { AttachInterval, AttachResult } from '../result/attach-result.js'
import type { ChurnResult } from '../result/churn-result.js'
import type { CompareResult } from '../result/compare-result.js'
import type { DoctorResult } from '../result/doctor-result.js'
import type { SchemaName } from '../result/json-schema.js'
import type { PredictResult } from '../result/predict-result.js'
import type { RepeatResult } from '../result/repeat-result.js'
import type { RunResult } from '../result/run-result.js'
import type { SavedResult } from '../result/saved-result.js'
import type { ServeResult } from '../result/serve-result.js'
import type { SweepResult } from '../result/sweep-result.js'
import type { ClaimsResult, SelectorsResult } from '../result/verify-result.js'
import type { WatchingGroup } from './attach.js'
import type { Compared } from './compared.js'
import type { WatchingDoctor } from './doctor.js'
import type { ServingGroup, WatchingService } from './serve.js'
import type {
  ComparedRuns,
  Watching,
  WatchingIntervals,
  WatchingRepetitions,
  WatchingSeveral,
} from './watching.js'

export { RpbenchError, type ErrorCode } from '../errors.js'
export type { ToldInterval } from '../result/interval.js'
export type { Progress } from '../experiment/progress.js'
export type { SchemaName } from '../result/json-schema.js'
export type { ResultKind, ResultOf, SavedResult } from '../result/saved-result.js'
export type {
  AttachInterval,
  AttachResult,
  ChurnResult,
  ClaimsResult,
  Compared,
  ComparedRuns,
  CompareResult,
  DoctorResult,
  PredictResult,
  RepeatResult,
  RunResult,
  SelectorsResult,
  ServeResult,
  ServingGroup,
  SweepResult,
  Watching,
  WatchingDoctor,
  WatchingGroup,
  WatchingIntervals,
  WatchingRepetitions,
  WatchingService,
  WatchingSeveral,
}

/** What `run` takes: the flags of `rpbench run` that say what is measured. */
export type RunOptions = Omit<OptionsOf<'run'>, 'repeat'>
/** What `churn` takes. */
export type ChurnOptions = Omit<OptionsOf<'churn'>, 'repeat'>
/** What `repeat` takes: what is repeated, and how often. */
export type RepeatOptions =
  | (RunOptions & { readonly of?: 'run' | undefined; readonly repeat: number | string })
  | (ChurnOptions & { readonly of: 'churn'; readonly repeat: number | string })
/** What `sweep` takes: each option also as a list of values. */
export type SweepOptions = OptionsOf<'sweep'>
/** What `verify` takes. */
export type VerifyOptions = OptionsOf<'verify'>
/** What `predict` takes. */
export type PredictOptions = OptionsOf<'predict'>
/** What `attach` takes. */
export type AttachOptions = OptionsOf<'attach'>
/** What `serve` takes. */
export type ServeOptions = OptionsOf<'serve'>
/** What `compare` takes beside the two sides. */
export type CompareOptions = Omit<OptionsOf<'compare'>, 'run' | 'repeat'>
/** What `merge` takes beside the shards: limits that the whole is held against. */
export type MergeOptions = Pick<OptionsOf<'run'>, 'threshold' | 'thresholdOn'>
/** What `compareRuns` takes beside the two plans. */
export type CompareRunsOptions = Omit<OptionsOf<'compare'>, 'run' | 'allowDifferentPlans'>

// All that a function needs is loaded when it is called: to import the package starts nothing, and takes no time.

let mayStart = false

/** Refuses where the command would not start. Asked once: it opens files to see how many it may. */
function refuseToStart(): void {
  const why = mayStart ? undefined : whyNotStart()
  if (why !== undefined) throw new RpbenchError('RPB_HOST', why)
  mayStart = true
}

/** The options of a program as the texts of the flags that they stand for. Errors as those of `textsOf`. */
async function given<C extends Command>(
  command: C,
  options: object,
  without: readonly string[] = [],
): Promise<FlagTexts<C>> {
  refuseToStart()
  const { textsOf } = await import('../plan/options.js')
  return textsOf(command, options, without) as FlagTexts<C>
}

/**
 * Measures how flows spread over a group, and at what latency; once.
 * @throws RpbenchError where the options are refused, or nothing could be measured
 */
export async function run(options: RunOptions = {}, watching: WatchingIntervals = {}): Promise<RunResult> {
  const texts = await given('run', options, ['repeat'])
  const { prepareRun } = await import('./run.js')
  return (await prepareRun(texts).measure(watching)).result
}

/**
 * Measures what moves, and what is lost, when members join, leave, restart or are replaced; once. Errors as those of `run`.
 */
export async function churn(
  options: ChurnOptions = {},
  watching: WatchingIntervals = {},
): Promise<ChurnResult> {
  const texts = await given('churn', options, ['repeat'])
  const { prepareChurn } = await import('./churn.js')
  return (await prepareChurn(texts).measure(watching)).result
}

/**
 * Measures the same plan several times, each a draw of its own with fresh processes. One that fails is kept with its error.
 * Errors as those of `run`.
 */
export async function repeat(
  options: RepeatOptions,
  watching: WatchingRepetitions = {},
): Promise<RepeatResult> {
  const { of = 'run', ...plan } = options
  if (of === 'churn') {
    const texts = await given('churn', plan)
    const { prepareChurn } = await import('./churn.js')
    return prepareChurn(texts).repeated(watching)
  }
  const texts = await given('run', plan)
  const { prepareRun } = await import('./run.js')
  return prepareRun(texts).repeated(watching)
}

/**
 * Measures along the values of options, or searches for the capacity at each point (`find`). A run that fails is kept with its
 * error. Errors as those of `run`.
 */
export async function sweep(
  options: SweepOptions = {},
  watching: WatchingSeveral<SweepResult> = {},
): Promise<SweepResult> {
  const texts = await given('sweep', options)
  const { prepareSweep } = await import('./sweep.js')
  const { result, failure } = await prepareSweep(texts).measure(watching)
  if (failure !== undefined) throw failure
  return result
}

/** Puts four claims about SO_REUSEPORT to the test. Errors as those of `run`. */
export async function verify(options: VerifyOptions = {}, watching: Watching = {}): Promise<ClaimsResult> {
  const texts = await given('verify', options)
  const { prepareVerify } = await import('./verify.js')
  return prepareVerify(texts)(watching)
}

/**
 * Tests how this kernel selects the socket of a group. It blocks this thread for a second or two.
 * @throws RpbenchError where there is no /proc
 */
export async function verifySelectors(): Promise<SelectorsResult> {
  refuseToStart()
  const [{ verifySelectors: test }, { TOOL_VERSION }] = await Promise.all([
    import('../experiment/selectors.js'),
    import('./tool-version.js'),
  ])
  return test(TOOL_VERSION)
}

/**
 * Finds out what this host, container or virtual machine can measure, by trying it, and what limits it. Takes some seconds;
 * traffic stays on loopback, and nothing is changed. It blocks this thread for parts of a second.
 * @throws RpbenchError where there is no /proc
 */
export async function doctor(watching: WatchingDoctor = {}): Promise<DoctorResult> {
  refuseToStart()
  return (await import('./doctor.js')).diagnose(watching)
}

/**
 * Says what the kernel's rule will do, without any traffic.
 * @throws RpbenchError where the options are refused
 */
export async function predict(options: PredictOptions): Promise<PredictResult> {
  const texts = await given('predict', options)
  const { predictFrom } = await import('./predict.js')
  return predictFrom(texts)
}

/**
 * Watches a live group that is not ours, and sends it nothing: who is in it, who reads it, what waits and is dropped, and, where
 * this user may, how flows spread over it. A filter that counts is on its sockets meanwhile, unless `level` is `look`.
 * @throws RpbenchError where the options are refused, or nobody is bound to the port
 */
export async function attach(options: AttachOptions, watching: WatchingGroup = {}): Promise<AttachResult> {
  const texts = await given('attach', options)
  const { prepareAttach } = await import('./attach.js')
  return (await prepareAttach(texts).watch(watching)).result
}

/**
 * Serves a group to clients, `run` with `target`, on other hosts or on this one, one after another: until `signal` ends it or its
 * `duration` is over. `onServing` tells where, and the token that clients need.
 * @throws RpbenchError where the options are refused, or the group cannot be started
 */
export async function serve(
  options: ServeOptions = {},
  watching: WatchingService = {},
): Promise<ServeResult> {
  const texts = await given('serve', options)
  const { serveGroup } = await import('./serve.js')
  return serveGroup(texts, watching)
}

/**
 * Says whether one set of repetitions is better or worse than another.
 * @throws RpbenchError where a side is none, the plans differ, or so few repetitions cannot show any difference
 */
export async function compare(
  base: Compared,
  next: Compared,
  options: CompareOptions = {},
): Promise<CompareResult> {
  const texts = await given('compare', options, ['run', 'repeat'])
  const [{ compareSets, readCompareTexts }, { setOf }] = await Promise.all([
    import('./compare.js'),
    import('./compared.js'),
  ])
  const request = readCompareTexts(texts)
  return compareSets([await setOf(base, 'base'), await setOf(next, 'new')], request)
}

/**
 * Measures two plans in pairs, in random order, and compares them.
 * @returns also the results of both, which can be compared with others later
 * @throws RpbenchError where the options are refused, or no pair was whole
 */
export async function compareRuns(
  base: RunOptions,
  next: RunOptions,
  options: CompareRunsOptions = {},
  watching: WatchingSeveral<ComparedRuns> = {},
): Promise<ComparedRuns> {
  const texts = await given('compare', options, ['run', 'allow-different-plans'])
  const sides = [await given('run', base, ['repeat']), await given('run', next, ['repeat'])] as const
  const [{ readCompareTexts }, { preparePairs }, { commandLine }] = await Promise.all([
    import('./compare.js'),
    import('./compare-runs.js'),
    import('../plan/options.js'),
  ])
  const named = [
    { name: commandLine(sides[0]), texts: sides[0] },
    { name: commandLine(sides[1]), texts: sides[1] },
  ] as const
  return preparePairs(named, readCompareTexts(texts))(watching)
}

/**
 * Makes one result of those of all shards of a plan (`run` with `shard`): what one client with all the flows would have measured.
 * @param shards results, or paths of their files, or of folders of them
 * @throws RpbenchError where one is no shard of that plan, is there twice or is missing, or a threshold is none
 */
export async function merge(
  shards: string | readonly (string | SavedResult)[],
  options: MergeOptions = {},
): Promise<RunResult> {
  const { threshold, thresholdOn } = options
  const { mergeResults } = await import('./merge.js')
  const { result } = await mergeResults(typeof shards === 'string' ? [shards] : shards, {
    threshold,
    'threshold-on': thresholdOn,
  })
  return result
}

/**
 * Reads a result that was saved, of any kind and older versions too, and checks it against its schema.
 * @param saved the path of its JSON file, or of a page that shows it; or what was read from JSON already
 * @throws RpbenchError where it is none, or of a newer version
 */
export async function readResult(saved: string | object): Promise<SavedResult> {
  if (typeof saved === 'string') return (await import('../files/saved-result.js')).readResult(saved)
  return (await import('../result/saved-result.js')).checkResult(saved, 'The object')
}

/** The JSON Schema (draft 2020-12) of a result. */
export async function jsonSchema(name: SchemaName): Promise<Record<string, unknown>> {
  return (await import('../result/json-schema.js')).resultJsonSchema(name)
}
