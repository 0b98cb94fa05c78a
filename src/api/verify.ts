import { verifyClaims } from '../experiment/verify.js'
import { judged } from '../metrics/judged.js'
import type { FlagTexts } from '../plan/parameters/texts.js'
import type { ClaimsResult } from '../result/verify-result.js'
import { mayLoadEbpf } from '../steering/bpf.js'
import { planVerify } from './plan-verify.js'
import { judgeable, readThresholds, type ThresholdTexts } from './read-thresholds.js'
import { TOOL_VERSION } from './tool-version.js'
import { watched } from './watched.js'
import type { Watching } from './watching.js'

/**
 * Plans a verification on this host.
 * @returns what puts the claims to the test
 * @throws RpbenchError (wrong usage) naming the flag; nothing was started then
 */
export function prepareVerify(
  texts: FlagTexts<'verify'> & ThresholdTexts,
): (watching: Watching) => Promise<ClaimsResult> {
  const { plan, supplied } = planVerify(texts, mayLoadEbpf())
  const thresholds = readThresholds(texts, { command: 'verify', ...judgeable([plan]) })
  return async (watching) =>
    judged(
      await verifyClaims({ plan, supplied, toolVersion: TOOL_VERSION, ...watched(watching) }),
      thresholds,
    )
}
