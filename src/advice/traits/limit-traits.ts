import { flagOf } from '../../plan/parameters/table.js'
import { formatBytes, formatCount } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { capital } from '../lower-load.js'
import { advised, fail, ok, shellLimit, warn, type TraitRows } from './row.js'

/** As many flows as the README's first run has. */
const FLOWS = 10_000
const MEMBERS = 64
/** As a run counts them: beside flows it takes this many descriptors, and two a member. */
const SPARE_FILES = 64

const MORE_FILES = shellLimit('nofile', '1048576')
const MORE_TASKS = shellLimit('nproc', 'unlimited')
const MORE_LOCKED = shellLimit('memlock', 'unlimited')
const MORE_MEMORY = advised('End what takes memory, or raise the bound of the control group.')

/** What a run can have of what there is only so much of. */
export const LIMIT_TRAITS: TraitRows<'member-memory' | 'open-files' | 'processes' | 'memory-lock'> = {
  'member-memory': {
    what: 'reads the resident memory of a member that served, and how much is left for more',
    expected: `room for ${MEMBERS} members`,
    means: `how many members fit (${flagOf('procs')})`,
    cures: [MORE_MEMORY],
    judge: ({ residentBytes, freeBytes, bound }) => {
      const fit = Math.floor(freeBytes / residentBytes)
      const observed = `${formatBytes(residentBytes)} each: ${formatCount(fit)} fit in ${formatBytes(freeBytes)} (${bound})`
      if (fit < 2) return fail(observed, MORE_MEMORY)
      return fit >= MEMBERS ? ok(observed) : warn(observed, MORE_MEMORY)
    },
  },
  'open-files': {
    what: 'reads the limit of open files, and how many are open',
    expected: `enough for ${formatCount(FLOWS)} flows at a time`,
    means: `how many flows have a socket each, open at a time (${flagOf('flows')}); more share sockets, or run in waves (${flagOf('engine')})`,
    cures: [MORE_FILES],
    judge: ({ limit, used = 0 }) => {
      const room = Math.max(0, limit - used - SPARE_FILES)
      // What happens to be open does not matter by itself.
      const rounded = room >= 1000 ? Math.floor(room / 100) * 100 : room
      const observed = `${formatCount(limit)} at most: room for some ${plural(rounded, 'flow', 'flows')} at a time`
      return room >= FLOWS - SPARE_FILES ? ok(observed) : warn(observed, MORE_FILES)
    },
  },
  processes: {
    what: 'reads the limits of processes of this user, its control groups and this host, and how many there are',
    expected: `room for ${MEMBERS} members`,
    means: `how many members can be started (${flagOf('procs')})`,
    cures: [MORE_TASKS],
    judge: ({ left, tasksPerMember, bound, raise }) => {
      if (left === undefined) return ok('no limit')
      const members = Math.max(0, Math.floor(left / tasksPerMember))
      const observed = `room for ${plural(members, 'member', 'members')}: ${bound}`
      if (members >= MEMBERS) return ok(observed)
      const ofUser = raise?.endsWith('ulimit -u') === true
      const cure = ofUser ? MORE_TASKS : advised(`${capital(raise ?? 'raise it')}.`, true)
      return members < 2 ? fail(observed, cure) : warn(observed, cure)
    },
  },
  'memory-lock': {
    what: 'reads the limit of locked memory, and whether this kernel holds eBPF to it',
    expected: 'no limit that counts: Linux 5.11 or later, or unlimited',
    means: `the tables of ${flagOf('steering')} consistent and sticky on kernels before 5.11`,
    cures: [MORE_LOCKED],
    judge: ({ bytes, free, charged }) => {
      const limit = bytes === undefined ? 'unlimited' : formatBytes(bytes)
      if (!charged) return ok(`${limit}; this kernel does not hold eBPF or io_uring to it`)
      return free || bytes === undefined ? ok(limit) : warn(limit, MORE_LOCKED)
    },
  },
}
