import { flagOf } from '../plan/parameters/table.js'
import * as z from 'zod'
import { ENGINES } from '../plan/engine.js'
import { CLAIM_IDS } from '../plan/claim-ids.js'
import type { Kind, KindName, KindValues } from '../plan/parameters/kind.js'
import type { Row } from '../plan/parameters/row.js'
import { RUN_PARAMETERS } from '../plan/parameters/run.js'
import type { ParameterValue, RunParameterKey } from '../plan/parameters/table.js'
import { SHARD_ORIGINS } from '../plan/shard.js'
import { PORT_PROTOCOLS } from '../plan/protocol.js'
import { ONLY_OURS, type OnlyOurs } from '../plan/target-rules.js'
import { FAMILIES } from '../plan/transport.js'
import { bytes, count, index, instant, ns, rate, share } from './scalars.js'

/** What is not among the values of a run's parameters: it is read into something else. */
type Unplanned = 'change' | 'command' | 'goal' | 'shard' | 'start'

/** The schema of a value of each kind. */
const SCHEMAS: {
  readonly [Name in Exclude<KindName, Unplanned>]: (kind: Kind) => z.ZodType<KindValues[Name]>
} = {
  count: () => count,
  number: () => index,
  rate: () => rate,
  duration: () => ns,
  bytes: () => bytes,
  share: () => share,
  choice: ({ choices = [] }) => z.enum(choices as string[]),
  switch: () => z.boolean(),
  address: () => z.string(),
  addresses: () => z.array(z.string()),
  endpoint: () =>
    z.object({ address: z.string().describe('where it is asked'), port: index.describe('of it') }),
  ports: () => z.tuple([index, index]),
  cpus: () => z.array(index),
  'slow-member': () =>
    z.object({
      index: index.describe('of the member'),
      serviceTimeNs: ns.describe('that it takes for each request'),
    }),
  text: () => z.string(),
}

type Table = typeof RUN_PARAMETERS

/** The schema of each parameter of a run, as a plan has it. */
type PlanShape = {
  [Key in RunParameterKey]: Key extends OnlyOurs
    ? z.ZodOptional<z.ZodType<ParameterValue<Key>>>
    : Table[Key] extends { optional: true } | { added: true }
      ? z.ZodOptional<z.ZodType<ParameterValue<Key>>>
      : z.ZodType<ParameterValue<Key>>
}

function planShape(): PlanShape {
  const entries = Object.entries(RUN_PARAMETERS).map(([key, row]: [string, Row]) => {
    const ours = ONLY_OURS.some((one) => one === key)
    const schema = SCHEMAS[row.kind.name as Exclude<KindName, Unplanned>](row.kind).describe(
      `${row.help}${ours && !row.optional ? `; absent with ${flagOf('target')}` : ''}`,
    )
    return [key, ours || row.optional || row.added ? schema.optional() : schema]
  })
  return Object.fromEntries(entries) as PlanShape
}

const shape = planShape()

/** What a plan stands in: what was asked for, and what was made of it. */
function planOf<Effective extends z.ZodType>(effective: Effective) {
  return z
    .object({
      supplied: z
        .record(z.string(), z.unknown())
        .describe('flags as they were given, by name; those that were not given are absent'),
      effective: effective.describe('what was made of them, with every default'),
    })
    .describe('what was to be measured')
}

/** Which part of a plan a run was. */
const shard = z.object({
  index: count.describe('which of them, from 1'),
  count: count.describe('how many parts the plan has'),
  from: z
    .enum(SHARD_ORIGINS)
    .describe(
      'who said which: the flag, JOB_COMPLETION_INDEX of Kubernetes, or SLURM_ARRAY_TASK_ID of Slurm',
    ),
  firstFlow: index.describe('id of its first flow among those of the whole plan; the others follow it'),
  whole: z
    .object({
      flows: count.describe('flows'),
      inFlight: count.describe('requests in flight over all flows'),
      rateHz: rate.optional().describe('requests per second over all flows; absent in a closed loop'),
    })
    .describe('what the parts divide among them; beside it the plan has what this part does of it'),
})

/** The plan of a load on a group, made from the table of parameters. */
export const plannedRun = planOf(
  z.object({
    ...shape,
    payloadBytes: shape.payloadBytes
      .optional()
      .describe(`${shape.payloadBytes.description}; absent with ${flagOf('protocol')} dns`),
    engine: z.enum(ENGINES).describe(RUN_PARAMETERS.engine.help),
    family: z.enum(FAMILIES).describe("of the group's sockets"),
    membersUnknown: z
      .literal(true)
      .optional()
      .describe('who is asked is not ours, and nobody tells which member of it answers; absent otherwise'),
    shard: shard
      .optional()
      .describe(
        `which of several parts of a plan this is (\`${flagOf('shard')}\`); absent where it is all of it`,
      ),
    startAt: instant
      .optional()
      .describe(`before which nothing was sent (\`${flagOf('startAt')}\`); absent where there was no wait`),
    remote: z.literal(true).optional().describe('the target is no address of this host; absent otherwise'),
    waves: count.describe('how often sockets are opened anew, so that each flow has its turn'),
    engineFallback: z
      .string()
      .optional()
      .describe('why the engine is not io_uring, where that would have been the choice'),
  }),
)

/** The plan of a verification. */
export const plannedVerification = planOf(
  z.object({
    procs: shape.procs.unwrap(),
    flows: shape.flows,
    steering: shape.steering.unwrap(),
    host: shape.host,
    listen: shape.listen,
    protocol: z
      .enum(PORT_PROTOCOLS)
      .optional()
      .describe(
        'what the claims are put to the test over; udp in results of earlier versions, which lack it',
      ),
    observeHash: z
      .boolean()
      .describe("whether the kernel's hash of each flow is seen while the group changes"),
    claims: z.array(z.enum(CLAIM_IDS)).describe('those that are put to the test, in this order'),
    repetitions: count.describe('fresh draws for affinity and balance'),
    requestsPerFlow: count.describe('requests on each flow of a draw'),
    churnRateHz: rate.describe('requests per second while the group changes'),
    serviceTimeNs: ns.describe('time that a member sleeps for each request where the group is loaded'),
    lightRateHz: rate.describe('requests per second at half of what the group can do'),
    overloadRateHz: rate.describe('requests per second at twice of it'),
  }),
)
