/** Counts that do not agree, and a group that did not stay what it was. */
export type CountCode =
  | 'member-died'
  | 'front-died'
  | 'member-silent'
  | 'member-stood-still'
  | 'stranger-joined'
  | 'unanswered-share'
  | 'echo-errors'
  | 'books-do-not-balance'
  | 'replayed'
  | 'wrong-replies'
  | 'error-answers'
  | 'port-unreachable'
  | 'receive-errors'
  | 'proc-net-udp-drops'
  | 'snmp'

/** What is measured and held against a limit. */
export type CheckCode =
  | CountCode
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
  | 'left-behind'
  | 'changes-unseen'
  | 'command-failed'
  | 'member-drops'
  | 'receive-buffer-clamped'
  | 'flows-unanswered'
  | 'flows-unasked'
  | 'flows-given-up'
  | 'waves'
  | 'shared-sockets'
  | 'shared-device'
  | 'ports-replaced'
  | 'engine-fallback'
  | 'exposed'
  | 'closings-unheard'
  | 'lost-on-the-way'
  | 'started-late'
  | 'asked-again'
  | 'shards-lost'

export type FindingCode = CheckCode | NoteCode
