import type { Books } from '../../result/run-result.js'

/**
 * What requests are lost to:
 * - `queues`: dropped at a full queue of the group, or left in one
 * - `work`: taken, and not echoed by the end
 * - `echo`: taken, and the member could not send its reply
 * - `socket`: nobody was bound, or the socket closed with them
 * - `client`: their reply was dropped at the client's socket
 * - `way-there`, `way-back`: nobody saw them, or their reply, again; or somebody else on the port got them
 */
export type LossCause = 'queues' | 'work' | 'echo' | 'socket' | 'client' | 'way-there' | 'way-back'

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
  return {
    sent: books.sent,
    answered: books.replied + books.late,
    lost: books.lost,
    to: {
      queues: books.droppedAtMembers + books.leftAtMembers,
      work: Math.max(0, books.taken - books.echoed - books.echoErrors),
      echo: books.echoErrors,
      socket: books.noSocket + books.closedWithSocket,
      client: books.droppedAtClient,
      'way-there':
        Math.max(0, books.unexplainedRequests) + (books.atStrangers ?? 0) + (books.reckonedAtStrangers ?? 0),
      'way-back': Math.max(0, books.unexplainedReplies),
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
