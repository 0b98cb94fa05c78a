import { flagOf } from '../../plan/parameters/table.js'
import { formatCount, formatDuration } from '../../units/format.js'
import { LAG_NS } from '../../analysis/validity/generator-checks.js'
import { advised, ok, unknown, warn, written, type TraitRows } from './row.js'

/** The dearest that was seen on a kernel that answers itself (docs/kernel.md); sandboxes that stand in take several µs. */
const MOST_CALL_NS = 1000
/** Read in user space it takes 20 to 60 ns, by a system call or from a device more. */
const MOST_READ_NS = 150
const MOST_RESOLUTION_NS = 1000
/** The kernel's slack is 50 µs, and waking takes some tens more; without high resolution timers it is a tick, 1 to 10 ms. */
const MOST_LATE_NS = 200e3

/** Those that are read in user space, and those that never are. */
const FAST_CLOCKS = new Set([
  'tsc',
  'kvm-clock',
  'arch_sys_counter',
  'hyperv_clocksource_tsc_page',
  'timebase',
])
const SLOW_CLOCKS = new Set(['hpet', 'acpi_pm', 'jiffies', 'refined-jiffies', 'xen'])

const TSC = written(
  'tsc',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource',
  'reads the clock from the CPU; to keep it, boot with clocksource=tsc',
)
const REAL_TIMERS = advised(
  'Boot with highres=on, and give the virtual machine or container CPUs of its own.',
)
const LOOK_AROUND = advised('See what else runs here, and the rows steal, throttled and busy-neighbour.')
const NO_TRACER = advised(
  'See whether a tracer (strace, perf trace), an audit rule or a sandbox stands between.',
)

/** What time costs here. */
export const TIME_TRAITS: TraitRows<'syscall-cost' | 'clock' | 'timer-slack' | 'pauses'> = {
  'syscall-cost': {
    what: 'makes thousands of the cheapest real system calls',
    expected: `${formatDuration(MOST_CALL_NS)} each at most; 100 to 300 ns are usual`,
    means: 'the rate that client and members can reach, since each datagram takes some of them',
    cures: [NO_TRACER],
    judge: ({ callNs, mitigations = [] }) => {
      const against = mitigations.length === 0 ? '' : ` · mitigations: ${mitigations.join(', ')}`
      const observed = `${formatDuration(Math.round(callNs))} each${against}`
      return callNs <= MOST_CALL_NS ? ok(observed) : warn(observed, NO_TRACER)
    },
  },
  clock: {
    what: 'reads the clock thousands of times, and asks for its source and its step',
    expected: `${MOST_READ_NS} ns each at most, in steps of 1 ns`,
    means: 'every latency: each request takes several readings',
    cures: [TSC],
    judge: ({ source, available = [], readNs, resolutionNs }) => {
      const parts = [
        source ?? 'source unknown',
        readNs !== undefined && `${formatDuration(Math.round(readNs))} a reading`,
        resolutionNs !== undefined && `steps of ${formatDuration(resolutionNs)}`,
      ]
      const observed = parts.filter((part) => part !== false).join(' · ')
      const cures = source !== 'tsc' && available.includes('tsc') ? [TSC] : []
      const slow = readNs === undefined ? SLOW_CLOCKS.has(source ?? '') : readNs > MOST_READ_NS
      if (slow || (resolutionNs ?? 0) > MOST_RESOLUTION_NS) return warn(observed, ...cures)
      return readNs === undefined && !FAST_CLOCKS.has(source ?? '') ? unknown(observed) : ok(observed)
    },
  },
  'timer-slack': {
    what: 'sleeps 1 ms a hundred times, with the timer slack that a process has by default',
    expected: `woken ${formatDuration(MOST_LATE_NS)} late at most, in the median`,
    means: `how late an open loop (${flagOf('rateHz')}) can send, and ${flagOf('serviceKind')} sleep; rpbench takes the slack of 50 µs away for its own threads`,
    cures: [REAL_TIMERS],
    judge: ({ sleepNs, medianLateNs, worstLateNs }) => {
      const [median, worst] = [
        formatDuration(Math.round(medianLateNs)),
        formatDuration(Math.round(worstLateNs)),
      ]
      const observed = `of ${formatDuration(sleepNs)}, ${median} late in the median, ${worst} at worst`
      return medianLateNs <= MOST_LATE_NS ? ok(observed) : warn(observed, REAL_TIMERS)
    },
  },
  pauses: {
    what: 'reads the clock for a second without ever waiting, and looks for the longest time between two readings',
    expected: `${formatDuration(LAG_NS)} at most`,
    means:
      'the highest percentiles: for so long nothing of a client runs, and an open loop sends late (schedule-lag)',
    cures: [LOOK_AROUND],
    judge: ({ longestNs, watchedNs }) => {
      const observed = `${formatDuration(Math.round(longestNs))} the longest, in ${formatCount(watchedNs / 1e6)} ms`
      return longestNs <= LAG_NS ? ok(observed) : warn(observed, LOOK_AROUND)
    },
  },
}
