import { type Content, joined, type Markup, markup } from '../svg/markup.js'
import type { Line, Phrase } from '../line.js'
import type { Tone } from '../style.js'

/** A part of a page, with a heading of its own. */
export interface Section {
  /** its place in the page's address */
  key: string
  title: string
  content: Content
}

/** A verdict at the top: what about, how it is, in a word. */
export interface Verdict {
  about: string
  word: string
  tone: Tone | undefined
}

/** A figure at the top, with what it is. */
export interface Headline {
  name: string
  value: string
  note?: string
}

/** What a page is made of, whatever kind of result it shows. */
export interface Body {
  /** what was done, such as `rpbench run` */
  command: string
  facts: readonly Phrase[]
  /** the answer in a word, where it is another than how good it is */
  word?: string
  /** what makes the answer worse than its verdicts say: the run failed, and so on */
  notices: readonly Line[]
  verdicts: readonly Verdict[]
  headlines: readonly Headline[]
  sections: readonly Section[]
}

/** Signs beside colours, which are not there for everybody. */
const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', warn: '!', bad: '✗' }

/** A word in the tone of what it says, with its sign. */
export function toned(text: string, tone: Tone | undefined): Markup {
  return tone === undefined
    ? markup`<b class="verdict">${text}</b>`
    : markup`<b class="verdict ${tone}"><span class="sign" aria-hidden="true">${SIGNS[tone]}</span>${text}</b>`
}

/** Facts beside one another; a tone where they have one. */
export function phrased(phrases: readonly Phrase[]): Markup {
  return joined(
    phrases.map(({ text, tone }, i) => [
      i > 0 && markup`<span class="between">\u{A0}· </span>`,
      tone === undefined ? markup`<span>${text}</span>` : markup`<span class="${tone}">${text}</span>`,
    ]),
  )
}

/** The lines of a report: what each is about with its verdict, and its facts. */
export function lineList(lines: readonly Line[]): Markup | false {
  return (
    lines.length > 0 &&
    markup`<dl class="lines">${lines.map(
      ({ label, verdict, phrases }) =>
        markup`<div><dt>${label}${verdict && verdict.text !== '' && [' ', toned(verdict.text, verdict.tone)]}</dt><dd>${phrased(phrases)}</dd></div>`,
    )}</dl>`
  )
}

/** Charts beside one another where there is room. */
export function charts(...drawn: (Figure | undefined | false)[]): Markup | false {
  const shown = drawn.filter((figure) => figure !== undefined && figure !== false)
  return (
    shown.length > 0 &&
    markup`<div class="charts">${shown.map(
      ({ svg, caption }) => markup`<figure>${svg}<figcaption>${caption}</figcaption></figure>`,
    )}</div>`
  )
}

/** Two things side by side where there is room. */
export const beside = (...both: Content[]): Markup =>
  markup`<div class="beside">${both.map((one) => one !== undefined && one !== false && markup`<div>${one}</div>`)}</div>`

/** A chart and what is to be seen in it. */
export interface Figure {
  svg: Markup
  caption: Content
}
