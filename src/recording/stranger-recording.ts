/**
 * Who was on the group's port in the measured phase, where the kernel gives them a part of what is sent to the group. Times
 * are ns since the session's epoch.
 */
export interface StrangerRecording {
  /** as a phrase */
  owner: string
  /** that they had there, one after another or at a time */
  sockets: number
  firstSeenNs: number
  lastSeenNs: number
  /** what the kernel dropped at these in the measured phase, and bytes in their queues, when they were last seen */
  drops: number
  queuedBytes: number
}
