import type { Style, Tone } from './style.js'

/** Words that belong together, with one meaning. */
export interface Phrase {
  text: string
  tone?: Tone | undefined
}

/** One line of a report: what it is about, its verdict if it has one, and its facts, set apart by a dot. */
export interface Line {
  label: string
  verdict?: Phrase
  phrases: readonly Phrase[]
}

interface Word extends Phrase {
  /** columns of the phrase that starts here; 0 inside a phrase */
  phrase: number
  /** what follows the word on its line, uncoloured */
  tail: string
}

/** Below this width, continuation lines start near the margin rather than under the text. */
const NARROW = 64
const NARROW_HANG = 3
/** A phrase this short is kept on one line. */
const UNBROKEN = 24
/** Between words that stay on one line; a plain space by the time it is printed. */
export const NBSP = '\u{A0}'
const LABEL_WIDTH = 10

/**
 * Lays lines out as label, verdict and facts in columns, wrapped at words, no line longer than the style's columns.
 * @param table the lines that share their columns with these, where they are not all of it
 */
export function layOut(lines: readonly Line[], style: Style, table: readonly Line[] = lines): string[] {
  const verdictWidth = Math.max(LABEL_WIDTH, ...table.map((line) => (line.verdict?.text.length ?? 0) + 2))
  const narrow = style.columns < NARROW
  return lines.flatMap(({ label, verdict, phrases }) => {
    const lead = ` ${label.padEnd(narrow ? label.length : LABEL_WIDTH - 1)}${label === '' && narrow ? '  ' : ' '}`
    const verdictText = style.plain(verdict?.text ?? '')
    const verdictPad = ' '.repeat(
      verdict === undefined
        ? 0
        : narrow
          ? Math.min(2, verdictText.length)
          : verdictWidth - verdictText.length,
    )
    const indent = lead.length + verdictText.length + verdictPad.length
    const body = wrap(phrases, indent, hangOf(indent, style), style)
    return body.map((text, i) =>
      i === 0 ? `${lead}${style.paint(verdictText, verdict?.tone)}${verdictPad}${text}`.trimEnd() : text,
    )
  })
}

/**
 * Phrases → lines. The first has `first` columns less, for what the caller puts before it; the others start
 * with `hang` spaces. A phrase that fits one line is not broken over two, except the first, which stays beside
 * its label; a word longer than a line, such as a path, is cut.
 */
export function wrap(phrases: readonly Phrase[], first: number, hang: number, style: Style): string[] {
  const room = style.columns - hang
  const lines: string[] = []
  let line = ''
  let used = first
  for (const word of wordsOf(phrases, style).flatMap((long) => cut(long, room))) {
    const width = word.text.length + word.tail.length
    const gap = line === '' ? 0 : 1
    const unbroken = word.phrase <= room ? Math.max(width, word.phrase) : width
    if (used + gap + unbroken > style.columns && (line !== '' || lines.length === 0)) {
      lines.push(line)
      line = ' '.repeat(hang)
      used = hang
    } else if (gap === 1) {
      line += ' '
      used += 1
    }
    line += style.paint(word.text.replaceAll(NBSP, ' '), word.tone) + word.tail.replaceAll(NBSP, ' ')
    used += width
  }
  return [...lines, line]
}

/** Where continuation lines start for text that starts at `indent`. */
export function hangOf(indent: number, { columns }: Style): number {
  return columns < NARROW ? NARROW_HANG : indent
}

function wordsOf(phrases: readonly Phrase[], style: Style): Word[] {
  return phrases.flatMap(({ text, tone }, i) => {
    const printable = style.plain(text)
    const end = i < phrases.length - 1 ? style.plain(`${NBSP}·`) : ''
    const words = glue(printable).split(/ +/)
    return words.map((word, j) => ({
      text: word,
      tone,
      tail: j === words.length - 1 ? end : '',
      phrase: i > 0 && j === 0 ? printable.length + end.length : 0,
    }))
  })
}

/** Short phrases stay whole, and a number keeps its unit. */
function glue(text: string): string {
  if (text.length <= UNBROKEN) return text.replaceAll(' ', NBSP)
  return text.replaceAll(/(\d) (?=(?:ns|[µu]s|ms|s|min|h|%)(?:\W|$))/g, `$1${NBSP}`)
}

function cut(word: Word, room: number): Word[] {
  const { text, tail } = word
  if (text.length + tail.length <= room) return [word]
  const pieces = text.match(new RegExp(`.{1,${room - tail.length}}`, 'gu')) ?? []
  return pieces.map((piece, i) => ({ ...word, text: piece, tail: i === pieces.length - 1 ? tail : '' }))
}
