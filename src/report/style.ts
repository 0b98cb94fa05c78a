import { Chalk } from 'chalk'

/** What a colour may mean; nothing else is coloured. */
export type Tone = 'good' | 'warn' | 'bad'

export interface StyleOptions {
  /** no line is longer */
  columns: number
  color: boolean
  /** false for terminals that only have ASCII */
  unicode?: boolean
  /** false mutes `good`: an invalid run must not look like a good one */
  praise?: boolean
}

/** How text reaches this terminal: its width, its characters, its colours. */
export interface Style {
  columns: number
  unicode: boolean
  /** makes text printable here; to be called before its width counts */
  plain(text: string): string
  paint(text: string, tone: Tone | undefined): string
}

/** A member, its flows and a remark need this much; narrower terminals get lines of this width. */
const MIN_COLUMNS = 30

const ASCII: Readonly<Record<string, string>> = {
  '·': '|',
  '→': '->',
  µ: 'u',
  χ: 'chi',
  '²': '2',
  '≥': '>=',
  '−': '-',
  '…': '...',
  '±': '+-',
}

export function createStyle({ columns, color, unicode = true, praise = true }: StyleOptions): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 })
  const painters = { good: praise ? chalk.green : String, warn: chalk.yellow, bad: chalk.red.bold }
  return {
    columns: Math.max(MIN_COLUMNS, Math.floor(columns)),
    unicode,
    plain: (text) => {
      // A saved result may come from anywhere: no control sequence of it reaches the terminal.
      const safe = text.replaceAll(/\p{Cc}+/gu, ' ')
      return unicode ? safe : safe.replaceAll(/[^ -~\u{A0}]/gu, (character) => ASCII[character] ?? '?')
    },
    paint: (text, tone) => (tone === undefined ? text : painters[tone](text)),
  }
}
