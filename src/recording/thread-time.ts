/** What the scheduler says of a thread since its start, or between two readings. */
export interface ThreadTime {
  /** time that it ran, ns */
  cpuNs: number
  /** time that it was runnable and did not run, ns */
  runDelayNs: number
}
