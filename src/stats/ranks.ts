/** Twice the rank of each value, from 2 on: whole numbers also where equal values share the mean of their ranks. */
export function doubledRanks(values: readonly number[]): number[] {
  const ascending = values.toSorted((a, b) => a - b)
  const doubled = new Map<number, number>()
  for (let from = 0; from < ascending.length;) {
    const value = ascending[from]!
    let to = from
    while (ascending[to] === value) to++
    doubled.set(value, from + 1 + to)
    from = to
  }
  return values.map((value) => doubled.get(value)!)
}

/** Whether some of the values are equal. */
export const haveTies = (values: readonly number[]): boolean => new Set(values).size < values.length
