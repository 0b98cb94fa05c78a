import { median } from '../../src/stats/median.js'

/** What two programs reached in one round. */
export interface Round<Reached> {
  theirs: Reached
  ours: Reached
}

/** Runs two programs in turn; who begins changes from round to round: what the machine does in between falls to both. */
export async function inTurn<Reached>(
  rounds: number,
  turns: Readonly<Record<keyof Round<Reached>, () => Promise<Reached>>>,
): Promise<Round<Reached>[]> {
  const all: Round<Reached>[] = []
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const theirs = await turns.theirs()
      all.push({ theirs, ours: await turns.ours() })
    } else {
      const ours = await turns.ours()
      all.push({ ours, theirs: await turns.theirs() })
    }
  }
  return all
}

/** The median of a figure of both, and of its ratio in each round, with the least and the greatest. */
export function inWords<Reached>(
  rounds: readonly Round<Reached>[],
  figure: (reached: Reached) => number,
  digits = 0,
): { theirs: string; ours: string; ratio: string } {
  const of = (who: keyof Round<Reached>): string =>
    median(rounds.map((round) => figure(round[who]))).toFixed(digits)
  const ratios = rounds.map(({ theirs, ours }) => figure(ours) / figure(theirs))
  const [least, most] = [Math.min(...ratios).toFixed(2), Math.max(...ratios).toFixed(2)]
  return {
    theirs: of('theirs'),
    ours: of('ours'),
    ratio: `${median(ratios).toFixed(2)} (${least} to ${most})`,
  }
}
