import type { Recording } from './recording.js'

/** Source address and port of every flow, in the order of flow ids. */
export function flowSources({
  reports,
  sourceAddresses,
}: Pick<Recording, 'reports' | 'sourceAddresses'>): { address: string; port: number }[] {
  return reports.flatMap(({ port, addressIndex }) =>
    Array.from(port, (number, i) => ({ address: sourceAddresses[addressIndex[i]!]!, port: number })),
  )
}
