/** The claims about SO_REUSEPORT, in the order in which they are reported. */
export const CLAIM_IDS = ['affinity', 'balance', 'churn', 'overload'] as const
export type ClaimId = (typeof CLAIM_IDS)[number]
