import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { page as pageOf } from '../../src/report/page/page.js'
import { SAMPLES } from '../unit/sample-pages.js'

const CHROMIUM = '/usr/bin/chromium'
/** Without its sandbox, which root cannot have, and without what it would load or update by itself. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const WIDTHS = [360, 768, 1400]
const NAMES = Object.keys(SAMPLES)

/** What is to be seen of a page at a width; it runs in the browser. */
const LOOK = readFileSync(new URL('look-at-page.js', import.meta.url), 'utf8')
interface Seen {
  charts: number
  scrolls: number
  unseen: string[]
  cut: string[]
  crowded: string[]
  small: string[]
}
const GROUND = 'getComputedStyle(document.body).backgroundColor'

describe.skipIf(!existsSync(CHROMIUM))('a page in a browser', () => {
  let browser: Browser
  let folder: string
  const files = new Map<string, string>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rpbench-page-'))
    for (const name of NAMES) {
      const path = join(folder, `${name.replaceAll(' ', '-')}.html`)
      await writeFile(path, pageOf([await SAMPLES[name]!()]))
      files.set(name, pathToFileURL(path).href)
    }
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })

  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Opens a page; what it asks for or complains of is kept. */
  async function opened(name: string, options: BrowserContextOptions, use: (page: Page) => Promise<void>) {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options })
    const said: string[] = []
    try {
      page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`))
      page.on('pageerror', (error) => said.push(error.message))
      page.on('request', (request) => {
        if (request.url() !== files.get(name) && request.url() !== 'data:,') said.push(request.url())
      })
      await page.goto(files.get(name)!)
      await use(page)
    } finally {
      await page.close()
    }
    expect(said).toEqual([])
  }

  it.each(NAMES)('of a %s fits every width, draws its charts, and asks for nothing', async (name) => {
    await opened(name, {}, async (page) => {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 })
        const { charts, ...wrong } = await page.evaluate<Seen>(LOOK)
        expect({ width, ...wrong }).toEqual({
          width,
          scrolls: 0,
          unseen: [],
          cut: [],
          crowded: [],
          small: [],
        })
        expect(charts > 0).toBe(!['selectors', 'spread'].includes(name))
      }
      expect(await page.evaluate(`[document.title === 'broken', document.images.length]`)).toEqual([false, 0])
    })
  })

  it('has another ground in each scheme', async () => {
    const grounds = new Set<string>()
    for (const colorScheme of ['light', 'dark'] as const)
      await opened('run', { colorScheme }, async (page) => {
        grounds.add(await page.evaluate<string>(GROUND))
      })
    expect(grounds.size).toBe(2)
  })

  it('can be read without scripts', async () => {
    await opened('run', { javaScriptEnabled: false }, async (page) => {
      const text = await page.innerText('main')
      for (const words of ['Not good', 'Flows of each member', 'Over time', 'max/mean', '99 % between'])
        expect(text).toContain(words)
      expect((await page.locator('svg').first().boundingBox())?.height).toBeGreaterThan(100)
      expect(await page.locator('#tip').count()).toBe(0)
    })
  })

  it('says beside the pointer what a mark is', async () => {
    await opened('run', {}, async (page) => {
      await page.locator('svg circle').first().hover()
      await page.locator('#tip:not([hidden])').waitFor()
      expect(await page.innerText('#tip')).toMatch(/^member 0: [\d,]+ flows\n/)
    })
  })

  it('prints, with folded tables open', async () => {
    await opened('run of 64 members', { colorScheme: 'dark' }, async (page) => {
      const folded = page.locator('details table').first()
      expect(await folded.isVisible()).toBe(false)
      await page.emulateMedia({ media: 'print' })
      expect((await folded.boundingBox())?.height).toBeGreaterThan(500)
      expect(await page.evaluate(GROUND)).toBe('rgb(253, 253, 252)')
      const paper = await page.pdf({ format: 'A4' })
      expect(paper.subarray(0, 5).toString()).toBe('%PDF-')
      expect(paper.length).toBeGreaterThan(20_000)
    })
  })
})
