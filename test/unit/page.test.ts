import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { distributionsOf, quantilesOf, timeAt } from '../../src/report/page/latency-data.js'
import { page } from '../../src/report/page/page.js'
import { PALETTES } from '../../src/report/page/palette.js'
import { SCRIPT, SCRIPT_HASH } from '../../src/report/page/script.js'
import { embeddedTexts } from '../../src/result/embedded.js'
import type { SavedResult } from '../../src/result/saved-result.js'
import { NASTY, runOfMembers, SAMPLES, THRESHOLDS } from './sample-pages.js'
import { sampleResult } from './sample-result.js'

/** Made once each: of repetitions no two are the same. */
const samples = new Map<string, { result: SavedResult; html: string }>()
async function sample(name: string) {
  const known = samples.get(name)
  if (known) return known
  const result = await SAMPLES[name]!()
  const made = { result, html: page([result]) }
  samples.set(name, made)
  return made
}
const pageOf = async (name: string): Promise<string> => (await sample(name)).html

/** Elements without an end. */
const VOID = new Set(['meta', 'link', 'path', 'rect', 'circle', '!doctype'])

/** Tags that are not closed, or closed without being open. */
function unbalanced(html: string): string[] {
  const open: string[] = []
  const wrong: string[] = []
  const body = html.replaceAll(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '')
  for (const [, end, name = '', rest = ''] of body.matchAll(
    /<(\/?)([a-z!][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/gi,
  )) {
    if (end === '') {
      if (!rest.endsWith('/') && !(VOID.has(name) && !body.includes(`</${name}>`))) open.push(name)
    } else if (open.at(-1) === name) open.pop()
    else {
      // A void element that was written with an end elsewhere.
      while (open.length > 0 && open.at(-1) !== name && VOID.has(open.at(-1)!)) open.pop()
      if (open.pop() !== name) wrong.push(name)
    }
  }
  return [...wrong, ...open.filter((name) => !VOID.has(name))]
}

describe.each(Object.keys(SAMPLES))('the page of a %s', (name) => {
  test('is whole, and loads nothing', async () => {
    const html = await pageOf(name)
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(unbalanced(html)).toEqual([])
    expect(html.match(/<h1>/g)).toHaveLength(1)
    for (const landmark of ['<header>', '<main id="main">', '<footer>']) expect(html).toContain(landmark)
    expect(html).not.toMatch(/\b(?:src|href)="(?!#|data:,")/)
    expect(html.replaceAll('http-equiv', '')).not.toMatch(/https?:|url\(|@import/)
  })

  test('says nothing that is no number or no text', async () => {
    const html = (await pageOf(name)).replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/g, '')
    expect(html).not.toMatch(/NaN|undefined|\[object|Infinity/)
  })

  test('names each part, once', async () => {
    const html = await pageOf(name)
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, id] of html.matchAll(/ aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id)
    for (const [svg] of html.matchAll(/<svg[\s\S]*?<\/svg>/g))
      expect(svg).toMatch(/^<svg viewBox="[^"]+" role="img"><title>[^<]+<\/title><desc>[^<]+<\/desc>/)
  })

  test('has all coordinates of its charts, inside them', async () => {
    for (const [svg, width, height] of (await pageOf(name)).matchAll(
      /<svg viewBox="0 0 (\S+) (\S+)"[\s\S]*?<\/svg>/g,
    )) {
      const most = Math.max(Number(width), Number(height)) + 0.1
      const coordinates = [...svg.matchAll(/ (?:x|y|cx|cy|width|height|d)="([^"]+)"/g)].flatMap(
        ([, value = '']) => [...value.matchAll(/-?[\d.]+/g)].map(Number),
      )
      expect(coordinates.filter((at) => !(at >= -10 && at <= most))).toEqual([])
    }
  })

  test('holds its result', async () => {
    const { result, html } = await sample(name)
    expect(embeddedTexts(html)).toEqual([JSON.stringify(result)])
  })
})

test('what users write stays text', async () => {
  for (const name of ['run', 'run without a reply', 'comparison']) {
    const html = await pageOf(name)
    expect(html).not.toContain('<img')
    expect(html).not.toContain('<b>bold')
    expect(html.match(/<\/script>/g)).toHaveLength(2)
    expect(html).toContain(
      '&lt;/script&gt;&lt;img src=x onerror=&quot;document.title=&#39;broken&#39;&quot;&gt; &amp; ',
    )
  }
  expect(NASTY).toContain('</script>')
})

test('a page of 64 members is smaller than 300 kB', async () => {
  expect((await pageOf('run of 64 members')).length).toBeLessThan(300_000)
})

test('of a run over TCP tells of requests', () => {
  const run = sampleResult()
  const html = page([{ ...run, group: { ...run.group, protocol: 'tcp' } }])
  expect(html).toContain('Books: where every request went')
  expect(html.replaceAll(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(/datagram/i)
})

test('several results have a heading each, under one, and are all in it', () => {
  const html = page([runOfMembers(4), sampleResult({ label: 'second' })])
  expect(html).toContain('<h1>2 results</h1>')
  expect(html.match(/<article /g)).toHaveLength(2)
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(embeddedTexts(html)).toHaveLength(2)
})

const answer = (html: string): string =>
  /class="word"[^>]*>([\s\S]*?)<\/h2>/.exec(html)![1]!.replaceAll(/<[^>]+>/g, '')

test('the answer is the worst of what is known', () => {
  expect(answer(page([sampleResult()]))).toBe('✓Good')
  expect(answer(page([sampleResult({ thresholds: THRESHOLDS.slice(1, 2) })]))).toBe('✗Not good')
  expect(answer(page([sampleResult({ thresholds: THRESHOLDS.slice(2) })]))).toBe('!Look closer')
  const { validity } = sampleResult()
  expect(answer(page([sampleResult({ validity: { ...validity, verdict: 'invalid' } })]))).toBe(
    '✗Not a valid measurement',
  )
  expect(answer(page([sampleResult({ stopped: 'interrupted' })]))).toBe('!It was interrupted')
})

test('only the script of the page may run: the policy has its hash', async () => {
  expect(createHash('sha256').update(SCRIPT).digest('base64')).toBe(SCRIPT_HASH)
  expect(await pageOf('run')).toContain(`<script>${SCRIPT}</script>`)
})

/** WCAG 2.1: relative luminance of a colour. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** WCAG 2.1: contrast of two colours. */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((one, other) => one - other)
  return (light + 0.05) / (dark + 0.05)
}

test.each(['light', 'dark'] as const)('text can be read in the %s scheme (WCAG AA)', (scheme) => {
  const palette = PALETTES[scheme]
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 9)
  for (const ground of ['paper', 'raised'] as const)
    for (const text of ['ink', 'muted', 'good', 'warn', 'bad', 's0', 's1', 's2', 's3', 's4'] as const)
      expect(contrast(palette[text], palette[ground]), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  for (const ground of ['fair', 'fairer'] as const)
    expect(contrast(palette.ink, palette[ground])).toBeGreaterThanOrEqual(4.5)
})

describe('latency by percentile', () => {
  test('has as many quantiles as the values tell apart, ascending', () => {
    const quantiles = quantilesOf(1000)
    expect(quantiles[0]).toBe(0)
    expect(quantiles.at(-1)).toBe(1)
    expect(quantiles.at(-2)).toBeLessThan(0.999)
    expect(quantiles.toSorted((a, b) => a - b)).toEqual(quantiles)
  })

  test('adds the members up, and never averages', () => {
    const { all, members } = distributionsOf([runOfMembers(4)])!
    expect(all.count).toBe(8000)
    expect(members.map(({ count }) => count)).toEqual([2000, 2000, 2000, 2000])
    expect(timeAt(all, 1)).toBe(Math.max(...members.map((member) => timeAt(member, 1))))
    for (const { points } of [all, ...members])
      expect(points.map(([, ns]) => ns)).toEqual(points.map(([, ns]) => ns).toSorted((a, b) => a - b))
  })

  test('takes the percentiles of a result without histograms', () => {
    const { all, members } = distributionsOf([sampleResult()])!
    expect(all.points.map(([quantile]) => quantile)).toEqual([0, 0.5, 0.9, 0.99, 0.999, 1])
    expect(members).toHaveLength(sampleResult().members.filter(({ latency }) => latency).length)
  })
})
