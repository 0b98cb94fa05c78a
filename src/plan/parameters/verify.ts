import { CLAIM_IDS } from '../claim-ids.js'
import { choiceOf } from './kind.js'
import type { Row } from './row.js'

/** What a verification has beside parameters of its runs. */
export const VERIFY_PARAMETERS = {
  claims: {
    kind: choiceOf(CLAIM_IDS),
    value: 'CLAIM',
    flag: 'claim',
    unset: 'all of them',
    multiple: true,
    help: 'only this claim',
    group: 'CLAIMS',
    commands: { verify: { group: undefined } },
  },
} as const satisfies Readonly<Record<string, Row>>
