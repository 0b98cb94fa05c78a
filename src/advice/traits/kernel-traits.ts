import { flagOf } from '../../plan/parameters/table.js'
import { advised, ok, unknown, warn, type TraitRows } from './row.js'

type Version = readonly [major: number, minor: number, patch: number]

/** A defect of the kernel that touches groups: from which release on, and from which patch of a series on it is mended. */
interface Defect {
  name: string
  what: string
  since: Version
  /** of a series, its first release that has the fix, as far as that was verified */
  mended: readonly Version[]
}

/** As docs/kernel.md has them. */
const DEFECTS: readonly Defect[] = [
  {
    name: 'CVE-2026-52910',
    what: 'replacing or detaching a classic BPF program while datagrams come uses it after it was freed',
    since: [4, 5, 0],
    mended: [[6, 18, 35]],
  },
]

const UPDATE = advised(
  'Update the kernel; until then attach programs before any traffic, as rpbench does.',
  true,
)

function versionOf(release: string): Version | undefined {
  const [, major, minor, patch = '0'] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release) ?? []
  return major === undefined || minor === undefined
    ? undefined
    : [Number(major), Number(minor), Number(patch)]
}

const isBefore = (a: Version, b: Version): boolean => {
  const place = a.findIndex((part, i) => part !== b[i])
  return place >= 0 && a[place]! < b[place]!
}

/** Whether a release has a defect; undefined where nobody verified that of its series. */
function has({ since, mended }: Defect, version: Version): boolean | undefined {
  if (isBefore(version, since)) return false
  const fix = mended.find(([major, minor]) => major === version[0] && minor === version[1])
  return fix && isBefore(version, fix)
}

/** What is known of this kernel. */
export const KERNEL_TRAITS: TraitRows<'kernel-defects'> = {
  'kernel-defects': {
    what: 'holds the release of the kernel against the defects in docs/kernel.md',
    expected: 'none',
    means: `${flagOf('steering')}: rpbench attaches before any traffic and replaces nothing under load, others may. A vendor's kernel may have a fix that its number does not show`,
    cures: [UPDATE],
    judge: ({ release }) => {
      const version = versionOf(release)
      if (version === undefined) return unknown(`${release} is no release of Linux that is known`)
      if (isBefore(version, [4, 5, 0]))
        return warn(
          `${release}: a group is a chain here, not an array, and ${flagOf('steering')} has no programs`,
        )
      const found = DEFECTS.map((defect) => ({ ...defect, here: has(defect, version) }))
      const present = found.filter(({ here }) => here === true)
      if (present.length > 0)
        return warn(present.map(({ name, what }) => `${name}: ${what}`).join('; '), UPDATE)
      const open = found.filter(({ here }) => here === undefined)
      return open.length > 0
        ? unknown(`whether ${release} has ${open.map(({ name }) => name).join(', ')} is not known`, UPDATE)
        : ok(`none that is known in ${release}`)
    },
  },
}
