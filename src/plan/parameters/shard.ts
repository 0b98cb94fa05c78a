import { SHARD, START } from './kind.js'
import type { Row } from './row.js'

/** How several hosts carry out one plan together. */
export const SHARD_PARAMETERS = {
  shard: {
    kind: SHARD,
    flag: 'shard',
    unset: 'all of it',
    help: 'send one of N parts of the plan, such as 3/10: its flows, its share of rate and requests in flight; /10 takes the number from JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID, auto both from a Slurm array',
    detail:
      'these variables count only where the flag asks for them; rpbench merge puts the results together',
    group: 'SHARDS',
    commands: { run: {} },
  },
  startAt: {
    kind: START,
    flag: 'start-at',
    unset: 'at once',
    help: 'send nothing before this time, by which several hosts begin together: 2026-03-01T12:00:00Z, seconds since 1970, or +10s',
    group: 'SHARDS',
    commands: { run: {} },
  },
} as const satisfies Readonly<Record<string, Row>>
