import type { Books } from '../../result/run-result.js'

/**
 * What requests are lost to:
 * - `queues`: dropped at a full queue of the group, or left in one
 * - `work`: taken, and not echoed by the end
 * - `echo`: taken, and the member could not send its reply
 * - `socket`: nobody was bound, or the socket closed with them
 * - `client`: their reply was dropped at the client's socket
 * - `unseen`: of a server that is not ours, nobody counts where
 * - `way-there`, `way-back`: nobody saw them, or their reply, again; or somebody else on the port got them
 */
export type LossCause = 'queues' | 'work' | 'echo' | 'socket' | 'client' | 'unseen' | 'way-there' | 'way-back'

/** What became of the requests that were sent. */
export interface Losses {
  sent: number
  /** in time or late */
  answered: number
  lost: number
  /** where those that were lost came to their end */
  to: Readonly<Record<LossCause, number>>
}

/** Reads from the books what was lost, and where. */
export function lossesOf(books: Books): Losses {
  const { taken, echoed, echoErrors = 0, noSocket = 0, droppedAtMembers = 0 } = books
  const counted = taken !== undefined && echoed !== undefined
  return {
    sent: books.sent,
    answered: books.replied + books.late,
    lost: books.lost,
    to: {
      queues: droppedAtMembers + (books.leftAtMembers ?? 0),
      work: counted ? Math.max(0, taken - echoed - echoErrors) : 0,
      echo: echoErrors,
      socket: noSocket + (books.closedWithSocket ?? 0),
      client: books.droppedAtClient,
      unseen: counted
        ? 0
        : Math.max(0, books.lost - Math.min(droppedAtMembers, books.lost) - noSocket - books.droppedAtClient),
      'way-there':
        Math.max(0, books.unexplainedRequests ?? 0) +
        (books.lostOnWayThere ?? 0) +
        (books.atStrangers ?? 0) +
        (books.reckonedAtStrangers ?? 0),
      'way-back': Math.max(0, books.unexplainedReplies ?? 0) + (books.lostOnWayBack ?? 0),
    },
  }
}

/** What most of the lost requests were lost to; undefined where nothing is known to be lost. */
export function mainCauseOf({ to }: Losses): LossCause | undefined {
  const [most] = (Object.entries(to) as [LossCause, number][]).toSorted(([, a], [, b]) => b - a)
  return most && most[1] > 0 ? most[0] : undefined
}

/** Those whose end no overload and no change of the group accounts for: a fault of the members or of the way. */
export function lostToFaults({ to }: Losses): number {
  return to.echo + to['way-there'] + to['way-back']
}
