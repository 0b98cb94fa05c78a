/** One figure of the tool beside what somebody else says of the same thing. */
export interface Truth {
  /** what is compared, in a few words */
  what: string
  /** datagrams, flows, draws or runs that it rests on */
  n: number
  expected: string
  observed: string
  agrees: boolean
}

/** Prints a table, and says how many of its lines do not agree. */
export function printTruths(truths: readonly Truth[]): number {
  const rows = [
    ['what', 'n', 'expected', 'observed', 'verdict'],
    ['---', '--:', '---', '---', '---'],
    ...truths.map(({ what, n, expected, observed, agrees }) => [
      what,
      n.toLocaleString('en'),
      expected,
      observed,
      agrees ? 'agrees' : '**DIFFERS**',
    ]),
  ]
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
  return truths.filter(({ agrees }) => !agrees).length
}

/** A count that must be the same on both sides. */
export function sameCount(what: string, n: number, expected: number, observed: number): Truth {
  return { what, n, expected: String(expected), observed: String(observed), agrees: expected === observed }
}
