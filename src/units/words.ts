/**
 * A line → its words, as a shell takes them apart: at spaces, but for what stands in quotes; a backslash takes what follows it as it is.
 * @returns undefined where a quote is not closed
 */
export function wordsOf(line: string): string[] | undefined {
  const words: string[] = []
  const word = /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/y
  for (let at = skipSpace(line, 0); at < line.length; at = skipSpace(line, word.lastIndex)) {
    word.lastIndex = at
    const [text] = word.exec(line) ?? []
    if (text === undefined) return undefined
    words.push(
      text.replaceAll(
        /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
        (_, single?: string, double?: string, one = '') =>
          single ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? String(one),
      ),
    )
  }
  return words
}

const skipSpace = (line: string, from: number): number => from + /^\s*/.exec(line.slice(from))![0].length
