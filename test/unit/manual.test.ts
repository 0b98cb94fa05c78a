import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { code, text } from '../../src/docs/roff.js'

const PAGES = readdirSync('man').map((name) => `man/${name}`)

const has = (tool: string): boolean => spawnSync(tool, ['--help']).error === undefined

it('leaves what is typed as it is, and takes no line of a text for a request', () => {
  expect(code("-d '1s' \\ ~/x", false)).toBe(String.raw`\-d \(aq1s\(aq \e \(ti/x`)
  expect(text(".TH is no title\n'nor this")).toBe("\\&.TH is no title\n\\&'nor this")
  expect(text('with --rate, a well-known -r and a \\')).toBe(
    String.raw`with \-\-rate, a well-known \-r and a \e`,
  )
})

it.skipIf(!has('mandoc'))('mandoc finds nothing wrong with manual pages but that they have no date', () => {
  const { stdout } = spawnSync('mandoc', ['-Tlint', '-Wwarning', ...PAGES], { encoding: 'utf8' })
  expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([])
})

it.skipIf(!has('mandoc'))('a manual page shows flags and examples so that they can be copied', () => {
  const shown = execFileSync('mandoc', ['-Tutf8', '-Owidth=200', 'man/rpbench-sweep.1'], { encoding: 'utf8' })
    // Bold and underlined characters are struck twice.
    .replaceAll(/.[\b]/gu, '')
  expect(shown).toMatch(/^ +-d, --duration TIME$/m)
  expect(shown).toContain("rpbench sweep --procs 1,2,4 --find 'loss<0.1% && p99<5ms'\n")
})
