import * as z from 'zod'
import { shardText } from '../plan/shard.js'
import { dueAndMissed } from './due-and-missed.js'
import { COMPARE_VERDICTS } from './compare-result.js'
import { envelope } from './envelope.js'
import { count, instant, ns, rate, share } from './scalars.js'
import { LIST_SCHEMA } from './schema-names.js'
import { hostTrait, isMeasuredTrait, traitId } from './trait.js'

/** What kinds of results are saved, and up to which version this rpbench reads them. */
const VERSIONS = { run: 1, churn: 1, repeat: 1, sweep: 1, verify: 1, compare: 1, attach: 1 } as const
type Kind = keyof typeof VERSIONS
const KINDS = Object.keys(VERSIONS) as [Kind, ...Kind[]]

const VERDICTS = [
  'valid',
  'suspect',
  'invalid',
  'failed',
  'interrupted',
  'holds',
  'does not hold',
  'cannot tell',
  'better',
  'worse',
  'no worse',
  'findings',
  'no findings',
] as const

const headline = z.object({
  file: z.string().describe('its name in the folder'),
  kind: z.enum(KINDS).describe('of what it is the result'),
  startedAt: instant.describe('when the command began'),
  label: z.string().optional().describe('what the user called it; absent where it has no label'),
  verdict: z
    .enum(VERDICTS)
    .describe(
      'of one measurement its validity, of several the worst; of `verify` whether all claims hold; of `compare` its own; of `attach` whether there are findings that warn; what ended it, where that was before its time',
    ),
  shard: z
    .string()
    .optional()
    .describe('which part of a plan it is, such as 3/10; absent where it is all of one'),
  runs: count.optional().describe('measurements in it; absent where it is one'),
  roundTripsPerSecond: rate.optional().describe('replies that came while requests were sent; of one run'),
  p50Ns: ns
    .optional()
    .describe('median of the response time in an open loop, else of the service time; of one run'),
  p99Ns: ns.optional().describe('the same at 99 %'),
  lossShare: share
    .optional()
    .describe('of the requests that were due, those without a reply in time; of one run'),
  hostname: z.string().optional().describe('where it was measured; absent where a result does not say'),
  limits: z
    .array(traitId)
    .optional()
    .describe(
      'what of the host was not as it should be, there or while it was measured: ids of `rpbench doctor`; absent in results of versions that did not look',
    ),
})

export const listResult = z.object({
  ...envelope(LIST_SCHEMA),
  folder: z.string().describe('the folder that was read, as it was given'),
  results: z.array(headline).describe('the results in it, the newest last'),
  skipped: z
    .array(
      z.object({ file: z.string().describe('its name'), why: z.string().describe('what it is instead') }),
    )
    .describe('JSON files in it that are no results, or cannot be read'),
})

export type Headline = z.infer<typeof headline>
export type ListResult = z.infer<typeof listResult>

const validity = z
  .object({
    verdict: z.enum(['valid', 'suspect', 'invalid']),
    checks: z.array(z.object({ code: z.string(), passed: z.boolean() })).optional(),
  })
  .optional()
const stopped = z.enum(['interrupted', 'failed']).optional()
const percentiles = z.object({ p50Ns: z.number(), p99Ns: z.number() })
const part = z.object({ validity, stopped, error: z.unknown().optional() })

/** What a headline is made of, in results of any kind: so little that a folder of a thousand is read in seconds. */
const outline = z.object({
  startedAt: instant,
  label: z.string().optional(),
  host: z.object({ hostname: z.string(), traits: z.array(hostTrait).optional() }).optional(),
  stopped,
  validity,
  throughput: z.object({ roundTripsPerSecond: z.number() }).optional(),
  latency: z.object({ service: percentiles, response: percentiles.optional() }).optional(),
  books: z.object({ sent: z.number(), unsent: z.number(), lost: z.number(), late: z.number() }).optional(),
  plan: z
    .object({
      effective: z
        .object({ shard: z.object({ index: z.number(), count: z.number() }).optional() })
        .optional(),
    })
    .optional(),
  runs: z.array(part).optional(),
  repetitions: z
    .array(z.object({ run: part.optional(), churn: part.optional(), error: z.unknown().optional() }))
    .optional(),
  claims: z.array(z.object({ holds: z.boolean().optional() })).optional(),
  cases: z.array(z.object({ outcome: z.string() })).optional(),
  verdict: z.enum(COMPARE_VERDICTS).optional(),
  findings: z.array(z.object({ severity: z.string() })).optional(),
})
type Outline = z.infer<typeof outline>

/**
 * The text of a saved result → its headline.
 * @returns why it has none, where the text is damaged, foreign, or of a newer version
 */
export function headlineOf(file: string, text: string): Headline | { file: string; why: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { file, why: 'it is not JSON; it may be cut' }
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? String(value.schema) : ''
  const [, name, version] = /^rpbench\/(\w+)@(\d+)$/.exec(schema) ?? []
  const kind = KINDS.find((one) => one === name)
  if (kind === undefined) return { file, why: 'it is no saved result of rpbench' }
  if (Number(version) > VERSIONS[kind])
    return { file, why: `it is of a newer version, ${schema}: update rpbench` }
  const { data, error } = outline.safeParse(value)
  if (error) {
    const [issue] = error.issues
    return {
      file,
      why: `it does not follow ${schema}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    }
  }
  return { file, kind, ...figuresOf(data, kind) }
}

function figuresOf(data: Outline, kind: Kind): Omit<Headline, 'file' | 'kind'> {
  const { startedAt, label, throughput, latency, books } = data
  const parts = data.runs ?? data.repetitions?.map(({ run, churn, error }) => run ?? churn ?? { error })
  const shard = data.plan?.effective?.shard
  const { due, missed } = dueAndMissed(books ?? {})
  const times = latency?.response ?? latency?.service
  return {
    startedAt,
    ...(label !== undefined && { label }),
    verdict: data.stopped ?? data.verdict ?? verdictOf(data, kind, parts ?? [data]),
    ...(shard && { shard: shardText(shard) }),
    ...(parts && { runs: parts.length }),
    ...(throughput && { roundTripsPerSecond: throughput.roundTripsPerSecond }),
    ...(times && { p50Ns: times.p50Ns, p99Ns: times.p99Ns }),
    ...(due > 0 && { lossShare: missed / due }),
    ...placeOf(data, parts ?? [data]),
  }
}

function verdictOf(data: Outline, kind: Kind, parts: readonly z.infer<typeof part>[]): Headline['verdict'] {
  if (kind === 'verify') return ruling(data)
  if (kind !== 'attach') return worst(parts)
  return (data.findings ?? []).some(({ severity }) => severity === 'warn') ? 'findings' : 'no findings'
}

/** Where it was measured, and what was not as it should be there. What is not known is no limit. */
function placeOf({ host }: Outline, parts: readonly z.infer<typeof part>[]): Partial<Headline> {
  if (host === undefined) return {}
  const { hostname, traits } = host
  const set = traits?.filter(({ status }) => status === 'warn' || status === 'fail').map(({ id }) => id)
  const measured = parts
    .flatMap(({ validity: judged }) => judged?.checks ?? [])
    .filter(({ code, passed }) => !passed && isMeasuredTrait(code))
    .map(({ code }) => code)
  return { hostname, ...(set && { limits: [...new Set([...measured, ...set])] }) }
}

function worst(parts: readonly z.infer<typeof part>[]): Headline['verdict'] {
  const verdicts = new Set(
    parts.map(({ error, stopped: ended, validity: judged }) =>
      error !== undefined ? 'failed' : (ended ?? judged?.verdict ?? 'failed'),
    ),
  )
  const order = ['failed', 'interrupted', 'invalid', 'suspect'] as const
  return parts.length === 0 ? 'failed' : (order.find((verdict) => verdicts.has(verdict)) ?? 'valid')
}

/** Of claims, or of cases of which those that cannot be tested here say nothing. */
function ruling({ claims = [], cases = [] }: Outline): Headline['verdict'] {
  if (cases.length > 0) return cases.some(({ outcome }) => outcome === 'fail') ? 'does not hold' : 'holds'
  if (claims.some(({ holds }) => holds === false)) return 'does not hold'
  return claims.length > 0 && claims.every(({ holds }) => holds) ? 'holds' : 'cannot tell'
}
