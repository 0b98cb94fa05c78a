import { expect, it } from 'vitest'
import { runPicture } from '../../src/docs/picture.js'
import { renderRunText } from '../../src/report/run/text.js'
import { sampleResult } from './sample-result.js'

const picture = (): string => runPicture(sampleResult())

it('says what the terminal says, word for word', () => {
  const words = [...picture().matchAll(/<text x="[\d.]+" y="(\d+)"[^>]*>([^<]*)<\/text>/g)].map(
    ([, y, text]) => [Number(y), text!] as const,
  )
  const lines = [...new Set(words.map(([y]) => y))].map((at) =>
    words
      .filter(([y]) => y === at)
      .map(([, text]) => text)
      .join(' '),
  )
  const shown = renderRunText(sampleResult(), { columns: 84, color: false, savedTo: [] })
  const expected = shown
    .split('\n')
    .map((line) => line.replaceAll(/[█-▏]/g, '').trim().replaceAll(/ +/g, ' '))
    .filter((line) => line !== '')
  expect(lines[0]).toMatch(/^\$ npx rpbench run/)
  expect(
    lines.slice(1).map((line) => line.replaceAll(/ +/g, ' ').replaceAll('&lt;', '<').replaceAll('&gt;', '>')),
  ).toEqual(expected)
})

it('has bars as long as shares, and a look for each scheme', () => {
  const bars = [...picture().matchAll(/<rect class="bar".* width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  )
  const { members } = sampleResult()
  expect(bars).toHaveLength(members.length)
  const flows = members.map((member) => member.flows)
  for (const [i, bar] of bars.entries())
    // A bar is drawn in eighths of a character.
    expect(Math.abs(bar / bars[0]! - flows[i]! / flows[0]!)).toBeLessThan(0.05)
  expect(picture()).toContain('prefers-color-scheme: dark')
  // oxlint-disable-next-line no-control-regex
  expect(picture()).not.toMatch(/\u001B/)
})
