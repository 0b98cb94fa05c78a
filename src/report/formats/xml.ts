/** An element of XML: its name, its attributes, and what is in it. */
export interface Element {
  name: string
  attributes?: Readonly<Record<string, string | number | undefined>>
  content?: readonly Element[] | string
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
}
/** Characters that XML 1.0 has no way to write (section 2.2 of its specification). */
const FORBIDDEN = /[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

const plain = (text: string): string => text.replaceAll(FORBIDDEN, '\u{FFFD}')
const inContent = (text: string): string => plain(text).replaceAll(/[&<>]/g, (one) => ESCAPES[one]!)
/** Of an attribute readers make a space of each line's end that is not written as a reference. */
const inAttribute = (text: string): string => plain(text).replaceAll(/[&<>"\n\t]/g, (one) => ESCAPES[one]!)

/** A document of this element. Whatever text it holds, it is well-formed. */
export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementText(root, '')}`
}

function elementText({ name, attributes = {}, content = [] }: Element, indent: string): string {
  const texts = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${inAttribute(String(value))}"`],
  )
  const open = `${indent}<${name}${texts.join('')}`
  if (content.length === 0) return `${open}/>\n`
  if (typeof content === 'string') return `${open}>${inContent(content)}</${name}>\n`
  return `${open}>\n${content.map((child) => elementText(child, `${indent}  `)).join('')}${indent}</${name}>\n`
}
