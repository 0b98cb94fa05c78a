import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PARAMETERS } from '../../src/plan/parameters/table.js'

const SOURCES = new URL('../../src/', import.meta.url)
const FLAGS = new Set<string>(Object.values(PARAMETERS).map(({ flag }) => flag))

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

/** What runs other programs spells their flags. */
const OF_OTHERS = /(prlimit|nsenter) --[a-z]+/g

/** The flags of ours that the code of a file spells, comments left out. */
function flagsIn(file: string): string[] {
  const code = readFileSync(new URL(file, SOURCES), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replaceAll(OF_OTHERS, '')
  return Array.from(code.matchAll(/(?<![\w-])--([a-z][a-z-]*[a-z])(?![\w-])/g), (match) => match[1]!)
}

describe('the names of flags in the code', () => {
  it('are found where they are written', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(flagsIn('client/flow-sockets.ts')).toContain('wave-size')
  })

  /** Where rows and examples of use stand; a client thread does without the table, which would cost it 9 MB. */
  const MAY_SPELL = /^(plan\/parameters|docs|client)\//

  it.each(files.filter((file) => !MAY_SPELL.test(file)))('are taken from the table in %s', (file) =>
    expect(flagsIn(file).filter((flag) => FLAGS.has(flag))).toEqual([]),
  )

  it.each(files.filter((file) => file.startsWith('client/')))('are in the table, where %s has any', (file) =>
    expect(flagsIn(file).filter((flag) => !FLAGS.has(flag))).toEqual([]),
  )
})
