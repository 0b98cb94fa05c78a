import { describe, expect, it } from 'vitest'
import { parseQueries, questionsOf } from '../../src/plan/questions.js'
import { refusalOf } from './refusal-of.js'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('questions of DNS', () => {
  it('are read as dnsperf reads them', () =>
    expect(
      parseQueries('; a comment\n\nexample.com A\n# one more\r\n  www.Example.org.\taaaa \n. NS\n', 'x'),
    ).toEqual([
      { name: 'example.com', type: 'A' },
      { name: 'www.Example.org', type: 'AAAA' },
      { name: '', type: 'NS' },
    ]))

  it('have types by number, also those that came later', () =>
    expect(parseQueries('a HTTPS\na SVCB\na TYPE257\n', 'x').map(({ type }) => type)).toEqual([
      'UNKNOWN_65',
      'UNKNOWN_64',
      'UNKNOWN_257',
    ]))

  it.each([
    ['', 'asks nothing'],
    ['example.com', 'line 1: "example.com" is not a name and a type'],
    ['a A\nexample.com IN A', 'line 2: "example.com IN A" is not a name and a type'],
    ['a NOSUCH', '"NOSUCH" is no type of records'],
    ['a TYPE0', '"TYPE0" is no type of records'],
    ['a TYPE65536', '"TYPE65536" is no type of records'],
    ['a..b A', 'the name "a..b" has an empty label'],
    [`${'a'.repeat(64)}.b A`, 'has a label of over 63 bytes'],
    [`${'abcdefg.'.repeat(32)} A`, 'is longer than 253 bytes'],
    ['a\\.b A', 'has characters that are not taken'],
    ['bücher.example A', 'has characters that are not taken'],
  ])('are refused as %j', (text, why) => expect(refusalOf(() => parseQueries(text, 'x'))).toContain(why))

  // RFC 1035, 4.1: id 0, RD alone, one question, and nothing else; the names as 3.1 has them.
  it('become messages as RFC 1035 has them, one behind another', () => {
    const { messages, ends, mostBytes } = questionsOf(parseQueries('a.bc A\n. NS\nx HTTPS\n', 'x'))
    const head = '000001000001000000000000'
    const [first, second, third] = [
      `${head}01610262630000010001`,
      `${head}0000020001`,
      `${head}01780000410001`,
    ]
    expect(hex(messages)).toBe(first + second + third)
    expect([...ends]).toEqual([first, first + second, first + second + third].map((text) => text.length / 2))
    expect(mostBytes).toBe(first.length / 2)
  })
})
