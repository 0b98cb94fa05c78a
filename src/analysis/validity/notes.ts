import type { NoteRow } from './check-row.js'

/** Says a count where there is any. */
const some = (measured: number): { measured: number } | undefined => (measured > 0 ? { measured } : undefined)

/** What asks for a connection is sent again after a second (tcp(7), RFC 6298), by a timer that is up to a tick early. */
const ASKED_AGAIN_NS = 0.98e9

/** What a reader should know, without a limit that it could have passed. */
export const NOTES: readonly NoteRow[] = [
  {
    code: 'interrupted',
    severity: 'suspect',
    notice: ({ interrupted }) => (interrupted ? {} : undefined),
  },
  {
    code: 'change-failed',
    appliesTo: { experiments: ['churn'] },
    severity: 'suspect',
    notice: ({ changeFailed }) => (changeFailed === undefined ? undefined : {}),
  },
  {
    code: 'command-failed',
    severity: 'suspect',
    notice: ({ commandsFailed = [] }) => some(commandsFailed.length),
  },
  {
    code: 'left-behind',
    severity: 'note',
    notice: ({ standstill: { leftBehind } }) => some(leftBehind.length),
  },
  {
    code: 'changes-unseen',
    appliesTo: { experiments: ['churn'] },
    severity: 'suspect',
    notice: ({ interrupted, deaths, changeFailed, changesUnseen = [] }) =>
      interrupted || deaths.length > 0 || changeFailed !== undefined ? undefined : some(changesUnseen.length),
  },
  {
    code: 'member-drops',
    // What a change costs is the result of it, and stands there.
    appliesTo: { experiments: ['run'] },
    severity: 'note',
    // At a member that stood still, no buffer would have been large enough.
    notice: ({ droppedAtMembers, droppedAtSilent }) => some(droppedAtMembers - droppedAtSilent),
  },
  {
    code: 'receive-buffer-clamped',
    severity: 'note',
    notice: ({ receiveBuffer: { asked, got } }) =>
      // The kernel doubles what is asked for, for its own book-keeping (socket(7)).
      asked !== undefined && got < 2 * asked ? { measured: got, limit: 2 * asked } : undefined,
  },
  {
    code: 'flows-unanswered',
    appliesTo: { experiments: ['run'] },
    severity: 'note',
    // Where nobody answered, that is said of all requests.
    notice: ({ unansweredFlows, losses }) => (losses.answered === 0 ? undefined : some(unansweredFlows)),
  },
  {
    code: 'flows-unasked',
    appliesTo: { experiments: ['run'] },
    severity: 'note',
    // Who stops a run knows that it did not come to its end.
    notice: ({ interrupted, deaths, unaskedFlows }) =>
      interrupted || deaths.length > 0 ? undefined : some(unaskedFlows),
  },
  {
    code: 'flows-given-up',
    severity: 'suspect',
    notice: ({ flowsGivenUp }) => some(flowsGivenUp),
  },
  { code: 'waves', severity: 'note', notice: ({ waves }) => (waves > 1 ? {} : undefined) },
  { code: 'shared-sockets', severity: 'note', notice: ({ sharedSockets }) => some(sharedSockets) },
  { code: 'shared-device', severity: 'note', notice: ({ devices }) => some(devices) },
  { code: 'ports-replaced', severity: 'note', notice: ({ portsReplaced }) => some(portsReplaced) },
  {
    code: 'engine-fallback',
    severity: 'note',
    notice: ({ engineFallback }) => (engineFallback === undefined ? undefined : {}),
  },
  { code: 'exposed', severity: 'note', notice: ({ exposed }) => (exposed === undefined ? undefined : {}) },
  {
    code: 'closings-unheard',
    severity: 'note',
    notice: ({ closingsUnheard }) => (closingsUnheard ? {} : undefined),
  },
  {
    code: 'lost-on-the-way',
    severity: 'note',
    notice: ({ onTheWay }) => onTheWay && some(onTheWay.there + onTheWay.back),
  },
  { code: 'started-late', severity: 'note', notice: ({ startedLateMs = 0 }) => some(startedLateMs) },
  {
    code: 'asked-again',
    severity: 'note',
    // The kernel's count is of all connections of the namespace.
    notice: ({ crossCheck, longestConnectNs = 0 }) =>
      longestConnectNs > ASKED_AGAIN_NS ? some(crossCheck?.synRetransmits ?? 0) : undefined,
  },
  {
    code: 'shards-lost',
    severity: 'suspect',
    notice: ({ shardsLost = [] }) => some(shardsLost.length),
  },
]
