import { usageError } from '../errors.js'
import type { SelectionRule } from './lookup.js'

/**
 * The rule that a kernel selects a UDP socket by, from its release string (`uname -r`, '6.18.44-fc-v595') or a bare
 * version ('4.5'). Distributions backport: a vendor's 3.10 or 4.4 may select otherwise than its number says.
 *
 * @throws RpbenchError RPB_USAGE if it does not begin with major.minor
 */
export function ruleOfKernel(release: string): SelectionRule {
  const version = /^(\d+)\.(\d+)(?!\d)/.exec(release)
  if (version === null) {
    throw usageError(
      `'${release}' is not a kernel version: use 'this' or a version such as 3.8, 3.9, 4.5 or 6.18.`,
    )
  }
  const major = Number(version[1])
  const minor = Number(version[2])
  if (major < 3 || (major === 3 && minor < 9)) return '3.8'
  if (major < 4 || (major === 4 && minor < 5)) return '3.9'
  return '4.5'
}
