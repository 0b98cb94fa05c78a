// The few requests of man(7) that pages need. mandoc -Tlint and groff -ww have nothing to say of what comes out.

/** Characters that a formatter would make nicer, and by that useless to copy. */
const EXACT: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
}

/** Text to be read: flags in it can still be copied. No line of it is taken for a request. */
export function text(words: string): string {
  return words
    .replaceAll(/\\(?!-)/g, String.raw`\e`)
    .replaceAll(/(?<![\w-])--?(?=[a-z])/g, (dashes) => dashes.replaceAll('-', String.raw`\-`))
    .replaceAll(/^(?=[.'])/gm, String.raw`\&`)
}

/** Text to be typed. */
export function code(words: string, bold = true): string {
  const exact = words.replaceAll(/[\\'`^~-]/g, (character) => EXACT[character]!)
  return bold ? `\\fB${exact}\\fR` : exact
}

/** What stands for a value. */
export const value = (word: string): string => `\\fI${text(word)}\\fR`

/** A flag in all its spellings. */
export function option(spellings: readonly string[], valueName: string | undefined): string {
  const words = spellings.map((flag) => code(flag)).join(', ')
  return valueName === undefined ? words : `${words} ${value(valueName)}`
}

/** @param version of the tool; there is no date, so that the same sources give the same page */
export const titleLine = (page: string, version: string): string =>
  `.TH ${code(page.toUpperCase(), false)} 1 "" "rpbench ${version}" "rpbench manual"`

export const section = (title: string, ...lines: readonly string[]): string[] => [
  `.SH ${title}`,
  // The first paragraph of a section stands under its title by itself.
  ...(lines[0] === '.PP' ? lines.slice(1) : lines),
]

export const paragraph = (words: string): string[] => ['.PP', ...(words === '' ? [] : [text(words)])]

/** A term, and below it what it means. */
export const tagged = (term: string, meaning: string): string[] => ['.TP', term, text(meaning)]
