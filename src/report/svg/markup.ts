/** Text that is markup already. Everything else is escaped where it is put into markup, so that nobody can forget to. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What can stand in markup. Nothing is written for `undefined` and `false`. */
export type Content = Markup | string | number | false | undefined | readonly Content[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text such that it means itself, in elements and in quoted attributes; what is no character becomes a space. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/(?:(?!\n)\p{Cc}|\p{Cs})+/gu, ' ')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
}

function written(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'string') return escapeText(content)
  return typeof content === 'number' ? String(content) : content.map(written).join('')
}

/** A template tag: what is literal is markup, what is filled in is escaped, unless it is markup itself. */
export function markup(literals: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(literals.reduce((text, literal, i) => `${text}${written(contents[i - 1])}${literal}`))
}

/** One after another. */
export const joined = (contents: readonly Content[]): Markup => new Markup(written(contents))
