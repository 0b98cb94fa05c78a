import { encode, RECURSION_DESIRED, type RecordType } from 'dns-packet'
import { toType } from 'dns-packet/types.js'
import { usageError } from '../errors.js'
import { flagOf } from './parameters/table.js'

/** Messages of DNS that a server is asked in turn, with an id of 0: whoever sends one puts its own there. */
export interface Questions {
  /** one behind another */
  messages: Uint8Array
  /** where each ends in `messages`, in bytes */
  ends: Uint32Array
  /** of the longest, bytes */
  mostBytes: number
}

/** What is asked for. */
export interface Query {
  name: string
  /** as dns-packet names it */
  type: string
}

/** A name that no resolver asks others for: RFC 6761, section 6.3. */
export const USUAL_QUERIES: readonly Query[] = [{ name: 'localhost', type: 'A' }]

/** RFC 1035, section 2.3.4. */
const MOST_LABEL = 63
const MOST_NAME = 253

/** Types that came later than the package's list: RFC 9460. */
const LATER: Readonly<Record<string, number>> = { SVCB: 64, HTTPS: 65 }

/** As dns-packet names a type; undefined for what is none. Those without a name are TYPE65 and the like (RFC 3597, section 5). */
function typeOf(text: string): string | undefined {
  const upper = text.toUpperCase()
  const number = LATER[upper] ?? Number(/^TYPE(\d{1,5})$/.exec(upper)?.[1] ?? Number.NaN)
  if (!Number.isNaN(number)) return number > 0 && number < 65_536 ? `UNKNOWN_${number}` : undefined
  return toType(upper) > 0 && !upper.startsWith('UNKNOWN_') ? upper : undefined
}

/** What is wrong with a name, in words that end a sentence; undefined where nothing is. */
function wrongWith(name: string): string | undefined {
  if (name === '.') return undefined
  const labels = name.replace(/\.$/, '').split('.')
  if (!/^[!-~]+$/.test(name) || name.includes('\\'))
    return 'has characters that are not taken: write names of printable ASCII without escapes (others as xn--…)'
  if (labels.some((label) => label === '')) return 'has an empty label: write one dot between two'
  if (labels.some((label) => label.length > MOST_LABEL)) return `has a label of over ${MOST_LABEL} bytes`
  return labels.join('.').length > MOST_NAME ? `is longer than ${MOST_NAME} bytes` : undefined
}

/**
 * The lines of a file in dnsperf's format, `name type`, → what is to be asked, in their order; empty lines and those that begin
 * with ; or # are left out.
 * @param path stands for it in messages
 * @throws RpbenchError (wrong usage) naming the line
 */
export function parseQueries(text: string, path: string): Query[] {
  const refuse = (line: number, why: string): never => {
    throw usageError(`${flagOf('queries')} ${path}, line ${line}: ${why}.`)
  }
  const queries = text.split('\n').flatMap((line, i): Query[] => {
    const [name = '', type = '', ...more] = line.trim().split(/\s+/)
    if (name === '' || name.startsWith(';') || name.startsWith('#')) return []
    if (type === '' || more.length > 0)
      refuse(i + 1, `"${line.trim()}" is not a name and a type: write lines such as example.com A`)
    const wrong = wrongWith(name)
    if (wrong !== undefined) refuse(i + 1, `the name "${name}" ${wrong}`)
    const known =
      typeOf(type) ?? refuse(i + 1, `"${type}" is no type of records: write A, AAAA, MX, TYPE65 …`)
    return [{ name: name === '.' ? '' : name.replace(/\.$/, ''), type: known }]
  })
  if (queries.length === 0)
    throw usageError(`${flagOf('queries')} ${path} asks nothing: write lines such as example.com A.`)
  return queries
}

/** The messages that ask for these, as a resolver's client sends them: recursion is desired, and there is no EDNS. */
export function questionsOf(queries: readonly Query[]): Questions {
  const messages = queries.map(({ name, type }) =>
    encode({
      type: 'query',
      id: 0,
      flags: RECURSION_DESIRED,
      questions: [{ name, type: type as RecordType, class: 'IN' }],
    }),
  )
  let end = 0
  return {
    messages: new Uint8Array(Buffer.concat(messages)),
    ends: Uint32Array.from(messages, ({ length }) => (end += length)),
    mostBytes: Math.max(...messages.map(({ length }) => length)),
  }
}
