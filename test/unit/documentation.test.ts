import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as Parser from '@oclif/core/parser'
import { describe, expect, it } from 'vitest'
import { allCommands, commandClasses } from '../../src/docs/all-commands.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((page) => page.endsWith('.md'))

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

describe.each(PAGES)('%s', (page) => {
  it('has no conflict that was left in it', () =>
    expect(read(page)).not.toMatch(/^\s*(<{7}|(> ?){7}|\\?={7}$)/m))

  it('has no relative link that leads nowhere', () => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
    const dead = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
    })
    expect(dead).toEqual([])
  })
})

const COMMANDS = new Map(
  [...(await commandClasses())].map(([id, command]) => [id.replaceAll(':', ' '), command]),
)

/** The words of a command line as a shell would take them: up to a pipe, a file or a comment, quotes removed. */
function wordsOf(line: string): string[] {
  const words = line.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? []
  const end = words.findIndex((word) => ['|', '||', '>', '>>'].includes(word) || word.startsWith('#'))
  return (end < 0 ? words : words.slice(0, end)).map((word) => word.replaceAll(/^['"]|['"]$/g, ''))
}

/** Calls of the tool in code blocks, and those of some length in the middle of a sentence. */
const callsIn = (page: string): string[] =>
  [
    ...read(page).matchAll(/^ *(?:npm ci && )?(?:npx )?rpbench ((?!\w+ {3,}(?:udp|tcp)).*)$/gm),
    ...read(page).matchAll(/`(?:npx )?rpbench ([^`]*)`/g),
  ].map(([, call]) => call!)

const CALLS = [
  ...PAGES.filter((page) => !page.startsWith('docs/commands/')).flatMap((page) =>
    callsIn(page).map((call) => [page, call] as const),
  ),
  ...(await allCommands())
    .flatMap(({ examples }) => examples)
    .map(({ command }) => ['--help', /(?:^|&& )rpbench (.*)$/.exec(command)![1]!] as const),
]

describe('a call of the tool', () => {
  it('is found in the README, in documents and in the help', () =>
    expect(new Set(CALLS.map(([page]) => page)).size).toBeGreaterThan(4))

  it.each(CALLS)('in %s can be typed: rpbench %s', async (_page, call) => {
    const words = wordsOf(call)
    const name = [words.slice(0, 2).join(' '), words[0]!].find((candidate) => COMMANDS.has(candidate))
    const rest = words.slice(name?.split(' ').length ?? 0)
    if (rest.every((word) => ['--help', '--version'].includes(word))) return
    expect(name, 'a command').toBeDefined()
    const { flags, baseFlags, args, strict } = COMMANDS.get(name!)!
    const options = { flags: { ...baseFlags, ...flags }, args: args ?? {}, strict }
    await expect(Parser.parse(rest, options)).resolves.toBeDefined()
  })
})
