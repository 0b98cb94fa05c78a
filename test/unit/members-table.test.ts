import { describe, expect, it } from 'vitest'
import { group, render } from './render-sample.js'
import { sampleResult } from './sample-result.js'

/** The member indices of the table, in reading order. */
function indices(text: string): number[] {
  const [, table = ''] = text.split('\n\n')
  const cells = table.matchAll(/(\d+) +\d+ +\d+\.\d+ %/g)
  return [...cells].map((match) => Number(match[1]))
}

describe('the member table of a large group', () => {
  it('shows every member up to 64, side by side where there is room, read downwards', () => {
    const text = render(group(64))
    expect(indices(text).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, i) => i))
    expect(indices(text).slice(0, 3)).toEqual([0, 22, 44])
    expect(indices(render(group(64), 40))).toEqual(Array.from({ length: 64 }, (_, i) => i))
  })

  it('shows the extremes beyond that, hottest first, and says how many it left out', () => {
    const text = render(group(200))
    expect(text).toContain('and 184 more, closer to the mean')
    expect(text.split('\n')[3]).toMatch(/^ +5 .* hot$/)
    expect(text.split('\n\n')[1]!.split('\n')).toHaveLength(1 + 16 + 1)
  })

  it('never leaves out a member that died', () => {
    const members = group(200).members.map((member) =>
      member.index === 100 ? { ...member, died: 'exit 1' } : member,
    )
    expect(render(sampleResult({ members }))).toMatch(/^ +100 .* died$/m)
  })
})
