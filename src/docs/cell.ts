/** Bars would end the cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
