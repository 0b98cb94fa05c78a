/** What is done to the tool in a case; each is a line of the report. */
export const CASE_CLASSES = [
  'undisturbed',
  'refused',
  'signalled',
  'killed',
  'member faults',
  'strangers',
  'limits',
] as const
export type CaseClass = (typeof CASE_CLASSES)[number]

/** When something is done: so long after the tool was started, or after its first member was there. */
export interface Moment {
  after: 'start' | 'members'
  ms: number
}

export const MEMBER_FAULTS = ['kill', 'stop', 'stop-continue', 'freeze', 'trace'] as const
export type MemberFault = (typeof MEMBER_FAULTS)[number]

export type Disturbance =
  | { kind: 'signal'; at: Moment; name: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGKILL' }
  | { kind: 'member'; at: Moment; fault: MemberFault; which: number; forMs: number }
  /** somebody else's socket joins the port for a time */
  | { kind: 'joiner'; at: Moment; port: number; forMs: number }
  /** datagrams that are none of the run's */
  | { kind: 'datagrams'; at: Moment; port: number; count: number }
  /** a file comes to be, for which somebody waits */
  | { kind: 'file'; at: Moment; file: string }

/** What the tool may have of something, as prlimit names it; or of the disk that results go to, KiB. */
export interface Limit {
  name: 'nofile' | 'nproc' | 'fsize' | 'as' | 'memlock' | 'disk'
  value: number
}

/** One start of the tool. */
export interface Step {
  /** what is typed after `rpbench`, without where results go */
  words: string[]
  disturbances: Disturbance[]
}

/** Stands in words for a file of JSON that the step before has saved. */
export const SAVED = '{saved}'

/** What somebody has made of a saved file before it is read again. */
export const DAMAGES = ['none', 'empty', 'cut', 'other', 'pipe', 'gone'] as const
export type Damage = (typeof DAMAGES)[number]

/** Who is there beside the tool. */
export type Company =
  | { kind: 'group'; protocol: 'udp' | 'tcp'; procs: number }
  | { kind: 'client'; port: number; controlPort: number }

/** One case, drawn whole before anything is started. */
export interface SoakCase extends Step {
  seed: number
  number: number
  class: CaseClass
  json: boolean
  /** whether results are saved; predict and schema have none */
  saves: boolean
  limit?: Limit
  company?: Company
  /** what is run before it, whose results it reads */
  before?: Step & { damage: Damage }
}

/** What this host lets a case do. */
export interface Means {
  /** a process of another user: root has no limit of processes, nor of locked memory */
  otherUser: boolean
  /** a namespace of mounts, for a small disk */
  mounts: boolean
}

/** The command that runs a case again. */
export function replayCommand({ seed, number }: Pick<SoakCase, 'seed' | 'number'>): string {
  return `npm run soak -- --seed ${seed} --only ${number}`
}
