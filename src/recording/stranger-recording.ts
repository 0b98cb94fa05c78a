/**
 * A socket of somebody else that was on the group's port in the measured phase, where the kernel gives it a part of what is
 * sent to the group. Times are ns since the session's epoch.
 */
export interface StrangerRecording {
  /** who holds it, as a phrase */
  owner: string
  firstSeenNs: number
  lastSeenNs: number
  /** what the kernel dropped at it in the measured phase, and bytes in its queue, when it was last seen */
  drops: number
  queuedBytes: number
}
