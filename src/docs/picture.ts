import { PALETTES } from '../report/page/palette.js'
import { renderRunText } from '../report/run/text.js'
import { joined, markup, type Markup } from '../report/svg/markup.js'
import type { RunResult } from '../result/run-result.js'

/** A monospaced font has characters of 0.6 em; each word is told where it stands, so that others hold its columns too. */
const SIZE = 14
const ADVANCE = 8.4
const LINE = 19
const MARGIN = 18
const COLUMNS = 84
/** Eighths of a character that it fills: █ all of them, ▏ one. */
const BAR = /([\u2588-\u258F]+)/
const eighths = (character: string): number => 0x2590 - character.codePointAt(0)!

/** The colours that text can have, by the codes that switch them on. */
const TONES: Readonly<Record<string, string>> = { 32: 'good', 33: 'warn', 31: 'bad', 1: 'bold' }

// oxlint-disable-next-line no-control-regex
const CODE = /\u001B\[(\d+)m/

const GAPS = /( {2,}|^ | $)/

interface Piece {
  column: number
  text: string
  tone: string
}

/** docs/run.svg: a run as a terminal shows it, for a light ground and for a dark one. */
export function runPicture(result: RunResult): string {
  const command = ['$ npx rpbench run', ...given(result)].join(' ')
  const shown = renderRunText(result, { columns: COLUMNS, color: true, savedTo: [] }).trimEnd()
  const lines = [command, '', ...shown.split('\n')]
  const width = Math.ceil(2 * MARGIN + COLUMNS * ADVANCE)
  const height = 2 * MARGIN + lines.length * LINE
  const { text } =
    markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="what">
<title id="what">What rpbench run prints: a row for each process of the group, then a verdict for each question</title>
<style>
text { font: ${SIZE}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre }
.bold, .bad { font-weight: bold }
${style('light')}
@media (prefers-color-scheme: dark) {
${style('dark')}
}
</style>
<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${joined(lines.map((line, i) => lineMarkup(line, MARGIN + i * LINE + SIZE)))}</svg>
`
  return text
}

/** The flags that were given, as they were. */
function given({ plan }: RunResult): string[] {
  return Object.entries(plan.supplied).map(([flag, value]) =>
    value === 'true' ? `--${flag}` : `--${flag} ${String(value)}`,
  )
}

function style(scheme: keyof typeof PALETTES): Markup {
  const { ink, raised, edge, good, warn, bad, s0 } = PALETTES[scheme]
  return markup`text { fill: ${ink} } .paper { fill: ${raised}; stroke: ${edge} } .good { fill: ${good} } .warn { fill: ${warn} } .bad { fill: ${bad} } .bar { fill: ${s0} }`
}

function lineMarkup(line: string, y: number): Markup {
  return joined(piecesOf(line).map((piece) => pieceMarkup(piece, y)))
}

function pieceMarkup({ column, text, tone }: Piece, y: number): Markup {
  const x = (MARGIN + column * ADVANCE).toFixed(1)
  if (BAR.test(text)) {
    const filled = Array.from(text).reduce((sum, character) => sum + eighths(character), 0)
    const width = ((filled / 8) * ADVANCE).toFixed(1)
    return markup`<rect class="bar" x="${x}" y="${y - SIZE + 3}" width="${width}" height="${SIZE - 2}"/>\n`
  }
  const length = (Array.from(text).length * ADVANCE).toFixed(1)
  const look = tone === '' ? undefined : markup` class="${tone}"`
  return markup`<text x="${x}" y="${y}" textLength="${length}"${look}>${text}</text>\n`
}

/** What of a line has one colour and no gap in it. */
function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = []
  let column = 0
  let tone = ''
  for (const [i, part] of line.split(CODE).entries()) {
    if (i % 2 === 1) {
      tone = TONES[part] ?? ''
      continue
    }
    for (const text of part.split(GAPS).flatMap((words) => words.split(BAR))) {
      if (text.trim() !== '') pieces.push({ column, text, tone })
      column += Array.from(text).length
    }
  }
  return pieces
}
