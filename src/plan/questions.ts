/** Messages of DNS that a server is asked in turn, with an id of 0: whoever sends one puts its own there. */
export interface Questions {
  /** one behind another */
  messages: Uint8Array
  /** where each ends in `messages`, in bytes */
  ends: Uint32Array
}
