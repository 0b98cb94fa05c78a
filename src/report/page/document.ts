import type { Tone } from '../style.js'
import { joined, type Markup, Markup as MarkupOf, markup } from '../svg/markup.js'
import { embedded } from './embedded.js'
import { type Body, lineList, phrased, toned } from './parts.js'
import { SCRIPT, SCRIPT_HASH } from './script.js'
import { STYLE } from './style.js'

/** A result with what is to be said of it. */
export interface Shown {
  result: { startedAt: string; label?: string | undefined; tool: { version: string } }
  body: Body
}

/** Nothing is loaded from anywhere, and no script runs but the page's own. */
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`

/** A whole page, of one result or several, that needs nothing else. */
export function documentOf(shown: readonly Shown[]): string {
  const [first] = shown
  if (first === undefined) throw new TypeError('a page needs a result')
  const title = shown.length === 1 ? titleOf(first) : `${shown.length} results`
  return `<!doctype html>\n${
    markup`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="generator" content="rpbench ${first.result.tool.version}"><link rel="icon" href="data:,"><title>${title} · rpbench</title><style>${new MarkupOf(STYLE)}</style></head><body><a class="skip" href="#main">To the content</a>${
      shown.length === 1
        ? [masthead(first), markup`<main id="main">${contents(first, '')}</main>`]
        : [
            markup`<header><p class="command">rpbench report</p><h1>${title}</h1></header>`,
            markup`<main id="main">${shown.map(
              (one, i) =>
                markup`<article aria-labelledby="r${i}"><p class="command">${one.body.command}</p><h2 class="name" id="r${i}"><bdi>${titleOf(one)}</bdi></h2><p class="facts">${phrased(one.body.facts)}</p>${contents(one, `r${i}-`)}</article>`,
            )}</main>`,
          ]
    }<footer><p>Made by rpbench ${first.result.tool.version}. The whole result is in this page: <code>rpbench report</code>, <code>check</code> and <code>compare</code> read this file as they read its JSON.</p></footer>${embedded(shown.map(({ result }) => result))}<script>${new MarkupOf(SCRIPT)}</script></body></html>`
      .text
  }\n`
}

/** What a result is called: its label, or what was done and when. */
function titleOf({ result, body }: Shown): string {
  if (result.label !== undefined) return result.label
  const command = body.command.replace('rpbench ', '')
  return `${command.charAt(0).toUpperCase()}${command.slice(1)}, ${result.startedAt.slice(0, 16).replace('T', ' ')} UTC`
}

function masthead(shown: Shown): Markup {
  return markup`<header><p class="command">${shown.body.command}</p><h1><bdi>${titleOf(shown)}</bdi></h1><p class="facts">${phrased(shown.body.facts)}</p></header>`
}

function contents({ body }: Shown, prefix: string): Markup {
  return joined([
    answer(body, prefix),
    body.sections.map(
      ({ key, title, content }) =>
        markup`<section aria-labelledby="${prefix}${key}"><h2 id="${prefix}${key}">${title}</h2>${content}</section>`,
    ),
  ])
}

/** Is it good? In a word, then why, then the figures. */
function answer({ word, verdicts, headlines, notices }: Body, prefix: string): Markup {
  const tones = [...verdicts, ...notices.flatMap(({ verdict }) => verdict ?? [])].map(({ tone }) => tone)
  const worst = worstOf(tones)
  const tone = verdicts.length > 0 ? worst : undefined
  const id = `${prefix}answer`
  return markup`<section class="answer ${tone}" aria-labelledby="${id}"><h2 class="word" id="${id}">${toned(word ?? wordOf({ verdicts, notices }, worst), tone)}</h2>${
    verdicts.length > 0 && markup`<p class="because">${becauseOf(verdicts, worst)}</p>`
  }${lineList(notices)}<dl class="headlines">${headlines.map(
    ({ name, value, note }) =>
      markup`<div><dt>${name}</dt><dd>${value}${note !== undefined && markup`<span class="note">${note}</span>`}</dd></div>`,
  )}</dl>${
    verdicts.length > 0 &&
    markup`<dl class="verdicts">${verdicts.map(
      ({ about, word: verdict, tone: own }) =>
        markup`<div><dt>${about}</dt><dd>${toned(verdict, own)}</dd></div>`,
    )}</dl>`
  }</section>`
}

function worstOf(tones: readonly (Tone | undefined)[]): Tone {
  return tones.includes('bad') ? 'bad' : tones.includes('warn') ? 'warn' : 'good'
}

function wordOf({ verdicts, notices }: Pick<Body, 'verdicts' | 'notices'>, tone: Tone): string {
  const stopped = notices.find(({ verdict }) => verdict !== undefined)
  if (stopped?.verdict)
    return `${stopped.label === 'member' ? 'A member' : 'It'} ${IN_WORDS[stopped.verdict.text] ?? stopped.verdict.text}`
  const validity = verdicts.find(({ about }) => about === 'validity')
  if (validity?.tone === 'bad') return 'Not a valid measurement'
  return { good: 'Good', warn: 'Look closer', bad: 'Not good' }[tone]
}

const IN_WORDS: Readonly<Record<string, string>> = { interrupted: 'was interrupted' }

/** What is not as it should be; where all is, what that is. */
function becauseOf(verdicts: readonly Body['verdicts'][number][], tone: Tone): Markup {
  const telling =
    tone === 'good'
      ? verdicts
      : verdicts.filter((verdict) => verdict.tone === 'bad' || verdict.tone === 'warn')
  return joined(telling.map(({ about, word }, i) => [i > 0 && ' · ', `${about} ${word}`]))
}
