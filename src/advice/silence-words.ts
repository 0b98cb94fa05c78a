import type { LeftBehindResult, SilenceResult } from '../result/run-result.js'
import type { Observations } from '../analysis/validity/observations.js'
import { flagOf } from '../plan/parameters/table.js'
import { formatDuration, formatPercent } from '../units/format.js'
import { plural } from '../units/plural.js'
import type { Words } from './words.js'

type State = SilenceResult['state']

/** More of them are counted, not named. */
const MOST_NAMED = 3

const HELD_BY: Readonly<Record<State, string>> = {
  stopped: 'stopped by a signal (T)',
  traced: 'stopped by a debugger (t)',
  frozen: 'frozen by its cgroup',
  waiting: 'waiting in the kernel (D)',
  runnable: 'without getting a CPU (R)',
  sleeping: 'asleep (S)',
  unknown: 'for no reason that the kernel tells',
}

const WHAT_TO_DO: Readonly<Record<State, string>> = {
  stopped: 'Find out who stopped it (kill -STOP, job control)',
  traced: 'Detach the debugger',
  frozen: 'Thaw its cgroup (docker unpause, systemctl thaw, or the freezer itself)',
  waiting: 'Find out what it waited for (dmesg)',
  runnable: 'Give it a CPU: see what else runs here (top), or lower the load',
  sleeping: 'Find out what it waited for (strace -p)',
  unknown: 'Find out what held it',
}

/** `Member 2 (process 4711)`, or the front. */
function nameOf({
  member,
  generation = 0,
  pid,
}: Pick<SilenceResult, 'member' | 'generation' | 'pid'>): string {
  const who = member === undefined ? 'The front' : `Member ${member}${generation > 0 ? `.${generation}` : ''}`
  return `${who} (process ${pid})`
}

/** A sentence for each of the first, and how many more there are. */
function sentences<T>(all: readonly T[], sentence: (one: T) => string): string {
  const more = all.length - MOST_NAMED
  return [
    ...all.slice(0, MOST_NAMED).map(sentence),
    ...(more > 0 ? [`So did ${plural(more, 'other', 'others')}.`] : []),
  ].join(' ')
}

/** Who stood still, and held by what: `Member 2 (process 4711) stood still, stopped by a signal (T).` */
export function standingStillInWords(
  silent: readonly Pick<SilenceResult, 'member' | 'generation' | 'pid' | 'state'>[],
): string {
  return sentences(silent, (one) => `${nameOf(one)} stood still, ${HELD_BY[one.state]}.`)
}

/** Those that stood still to the end. */
export function silentWords({ standstill: { silent } }: Observations): Words {
  const member = silent.find((one) => one.member !== undefined)?.member
  const meant =
    member === undefined ? '' : `; where it is meant, rpbench churn ${flagOf('change')} 1s:stall:${member}`
  return {
    message: sentences(silent, (one) => {
      const whose =
        one.flowShare === undefined
          ? 'nothing that came to it since was answered'
          : `${formatPercent(one.flowShare)} of the flows are its own, and none of them was answered since`
      return `${nameOf(one)} stood still, ${HELD_BY[one.state]}, for the last ${formatDuration(one.forNs)}: ${whose}.`
    }),
    nextStep: `${WHAT_TO_DO[silent[0]?.state ?? 'unknown']}, and run again${meant}.`,
  }
}

/** Those that stood still for a time. */
export function stoodStillWords({ standstill: { stoodStill } }: Observations): Words {
  return {
    message: sentences(
      stoodStill,
      (one) =>
        `${nameOf(one)} stood still for ${formatDuration(one.forNs)}, ${HELD_BY[one.state]}, and went on: latencies hold that time.`,
    ),
    nextStep: `${WHAT_TO_DO[stoodStill[0]?.state ?? 'unknown']}, and run again.`,
  }
}

/** How a process ends that no signal ends. */
function howToEnd({ pid, state, thaw }: LeftBehindResult): string {
  if (thaw !== undefined) return `Process ${pid} ends by itself once it is thawed: ${thaw}`
  return state === 'traced'
    ? `Process ${pid} ends by itself once the debugger lets it go (TracerPid in /proc/${pid}/status).`
    : `Process ${pid} ends by itself once the kernel lets it go (cat /proc/${pid}/stack says where it is).`
}

/** Those that could not be ended. */
export function leftBehindWords({ standstill: { leftBehind } }: Observations): Words {
  return {
    message: sentences(
      leftBehind,
      (one) =>
        `${nameOf(one)} is left behind, ${HELD_BY[one.state]}: no signal ends it, and its socket stays on the port.`,
    ),
    nextStep: sentences(leftBehind, howToEnd),
  }
}
