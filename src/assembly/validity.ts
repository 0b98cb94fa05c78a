import { inWords } from '../advice/advice.js'
import type { Observations } from '../analysis/validity/observations.js'
import { judge } from '../analysis/validity/validity.js'
import type { RunResult } from '../result/run-result.js'

/** Whether what was measured can be trusted: the judgement, with each finding in words. */
export function validityOf(observed: Observations): RunResult['validity'] {
  const { verdict, found, checks } = judge(observed)
  return { verdict, findings: found.map((finding) => inWords(finding, observed)), checks }
}
