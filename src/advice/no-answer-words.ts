import { mainCauseOf, type LossCause, type Losses } from '../analysis/books/losses.js'
import { standingStillInWords } from './silence-words.js'

const FILTER = 'such as a packet filter (nft list ruleset, iptables -S)'

/** Why nobody answered, by what the requests were lost to. */
const LIKELY: Readonly<Record<LossCause, string>> = {
  queues:
    'what came to the group stayed in its queues or was dropped there, so its members stand still (stopped, frozen, without a CPU) or are far too slow.',
  work: 'the members took requests and worked on them past the end, so their work takes longer than the run waits.',
  echo: 'the members took the requests and could send no reply, so something forbids them to, such as a seccomp profile or a packet filter.',
  socket: 'nobody was bound to the port any more when the requests came.',
  client: "all replies were dropped at the client's own sockets, which was too slow to take them.",
  unseen: `whether they came to a server nobody here can see: is there one at this address and port that speaks this protocol, and does it answer this host (its own access list, a packet filter: nft list ruleset)?`,
  'way-there': `no request came to a member or its queue, so something on the way drops or changes them, such as a packet filter or address translation (nft list ruleset, iptables -S).`,
  'way-back': `the members sent replies and none came to the client, so something on the way back drops them, ${FILTER}.`,
}

/**
 * Why a run failed in which nobody answered, as a sentence with the likely cause; undefined where somebody did, and
 * where nothing was asked.
 * @param refusals names of the errors with which requests were not sent
 * @param silent who stood still to the end
 */
export function noAnswerInWords(
  losses: Losses,
  refusals: readonly string[],
  silent: Parameters<typeof standingStillInWords>[0] = [],
): string | undefined {
  if (losses.sent === 0 && refusals.length > 0)
    return `Nothing could be sent: the kernel refused every request (${refusals.join(', ')}), so something forbids the client to send, ${FILTER}.`
  if (losses.sent === 0 || losses.answered > 0) return undefined
  const cause = mainCauseOf(losses) ?? 'way-there'
  // What a queue had is lost with its socket, where nobody could say what was in it.
  const seen = silent.length > 0 && (cause === 'queues' || cause === 'socket')
  return `Nobody answered: ${seen ? standingStillInWords(silent) : LIKELY[cause]}`
}
