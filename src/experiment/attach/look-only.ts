import type { OpenObserver } from '../../observer/observer.js'

/** Sees no more of a group than its sockets show, and touches nothing. */
export const lookOnly: OpenObserver = ({ upTo }) => ({
  level: 'look',
  refusals: upTo === 'look' ? [] : [{ level: 'count', why: 'this version has none' }],
  notes: [],
  follow: () => {},
  counts: () => undefined,
  explained: () => undefined,
  close: () => ({ ownNs: 0 }),
})
