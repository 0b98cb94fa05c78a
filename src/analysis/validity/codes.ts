/** What is measured and held against a limit. */
export type CheckCode =
  | 'member-died'
  | 'front-died'
  | 'stranger-joined'
  | 'unanswered-share'
  | 'echo-errors'
  | 'books-do-not-balance'
  | 'port-unreachable'
  | 'receive-errors'
  | 'proc-net-udp-drops'
  | 'snmp'
  | 'schedule-lag'
  | 'achieved-rate'
  | 'client-cpu'
  | 'send-errors'
  | 'client-drops'
  | 'littles-law'
  | 'throttled'
  | 'steal'
  | 'busy-neighbour'
  | 'shared-cores'

/** What a reader should know, without a limit that could have been passed. */
export type NoteCode =
  | 'interrupted'
  | 'change-failed'
  | 'changes-unseen'
  | 'member-drops'
  | 'receive-buffer-clamped'
  | 'flows-unanswered'
  | 'flows-unasked'
  | 'flows-given-up'
  | 'waves'
  | 'ports-replaced'
  | 'engine-fallback'
  | 'exposed'

export type FindingCode = CheckCode | NoteCode
