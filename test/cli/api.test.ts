import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { install, packBuilt, ROOT, succeed } from './packed.js'

/** The programs in docs/api.md, in their order. */
const EXAMPLES = [...readFileSync(join(ROOT, 'docs/api.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, text]) => text!,
)

/** What a strict project of somebody else has. */
const STRICT = {
  compilerOptions: {
    strict: true,
    skipLibCheck: false,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    module: 'nodenext',
    target: 'es2023',
    outDir: 'out',
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  },
}

/** Options that there are not, or that are no such thing: each must be refused by its types. */
const REFUSED = [
  `run({ proc: 4 })`,
  `run({ repeat: 3 })`,
  `run({ steering: 'hashh' })`,
  `run({ duration: 2 })`,
  `run({ procs: [1, 2] })`,
  `churn({ requests: 5 })`,
  `repeat({ procs: 2 })`,
  `compare('base', 'new', { run: ['-p 2'] })`,
]

let folder: string
let home: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpbench-api-'))
  home = join(folder, 'home')
  mkdirSync(home)
  const installed = install(packBuilt(folder), home)
  cpSync(join(ROOT, 'native/build'), join(installed, 'native/build'), { recursive: true })
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify(STRICT))
  EXAMPLES.forEach((text, i) => writeFileSync(join(home, `example${i}.mts`), text))
  const refused = REFUSED.map((call) => `// @ts-expect-error\nvoid ${call}`).join('\n')
  writeFileSync(
    join(home, 'refused.mts'),
    `import { churn, compare, repeat, run } from 'rpbench'\nexport const never = (): void => {\n${refused}\n}\n`,
  )
  succeed(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], home)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** All of them run at the same time, since they wait more than they work: each may take as long as all. */
const ALL_AT_ONCE_MS = 300_000

const node = (file: string): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, [file], { cwd: home, timeout: ALL_AT_ONCE_MS })

describe.concurrent('the package, from a program', { timeout: ALL_AT_ONCE_MS }, () => {
  it('has examples', () => expect(EXAMPLES.length).toBeGreaterThan(8))

  it.each(EXAMPLES.map((text, i) => [i, text] as const))(
    'does what example %d of docs/api.md says, and ends by itself',
    async (i, _text) => {
      const { stdout, stderr } = await node(`out/example${i}.mjs`)
      expect(stderr).toBe('')
      expect(stdout).not.toBe('')
    },
  )

  it('loads and starts nothing when it is imported, and leaves nothing behind when it is used', async () => {
    writeFileSync(
      join(home, 'light.mjs'),
      `// Node opens these for threads; files that it loads it closes in its own time.
      const own = [process.stdin, process.stdout, process.stderr].length
      const open = () => process.getActiveResourcesInfo().filter((name) => name !== 'CloseReq').length - own
      const state = () => ({
        addons: process.report.getReport().sharedObjects.filter((file) => file.endsWith('.node')).length,
        resources: open(),
        listeners: process.eventNames().map((name) => [name, process.listenerCount(name)]),
      })
      const before = state()
      const { run } = await import('rpbench')
      const imported = state()
      const short = { procs: 2, flows: 50, duration: '100ms', warmup: '20ms' }
      const measure = async () => {
        await run(short)
        // Handles of what has ended are closed a turn later.
        while (open() > 0) await new Promise(setImmediate)
        return state()
      }
      const once = await measure()
      const twice = await measure()
      console.log(JSON.stringify({ before, imported, once, twice }))`,
    )
    type State = { addons: number; resources: number; listeners: [string, number][] }
    const states = JSON.parse((await node('light.mjs')).stdout) as Record<string, State>
    const { before, imported, once, twice } = states
    expect(imported).toEqual(before)
    expect(imported!.addons).toBe(0)
    expect(once!.addons).toBe(1)
    expect(once!.resources).toEqual(before!.resources)
    expect(twice).toEqual(once)
    expect(once!.listeners.map(([name]) => name)).not.toContain('SIGINT')
  })
})
