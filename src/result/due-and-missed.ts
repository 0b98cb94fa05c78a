/**
 * Requests that were due, and of those the ones without a reply in time. What was due and never sent is no loss: the client's
 * lag and its rate tell of it. Both 0 where that is not known.
 */
export function dueAndMissed({
  sent = 0,
  unsent = 0,
  lost = 0,
  late = 0,
}: {
  readonly [Key in 'sent' | 'unsent' | 'lost' | 'late']?: number | undefined
}): { due: number; missed: number } {
  return { due: sent + unsent, missed: lost + late }
}
