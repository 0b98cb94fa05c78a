/** What members bind: the address that is asked, all of its family, or all of both. */
export const LISTENS = ['address', 'any', 'dual-stack'] as const
export type Listen = (typeof LISTENS)[number]
