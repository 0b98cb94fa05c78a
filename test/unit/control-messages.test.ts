import { describe, expect, it } from 'vitest'
import { Lines } from '../../src/control/lines.js'
import { parseMessage, readRequest } from '../../src/control/messages.js'
import { keyOf, LEAST_TOKEN, makeToken } from '../../src/control/token.js'

const read = (line: string) => readRequest(parseMessage(line))

describe('the lines of a control connection', () => {
  it('are put together from pieces of any size', () => {
    const text = '{"a":1}\n\n{"b":"ü"}\n{"c"'
    for (const size of [1, 2, 3, 7, text.length]) {
      const lines = new Lines(20)
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      )
      expect(pieces.flatMap((piece) => lines.take(piece))).toEqual(['{"a":1}', '', '{"b":"ü"}'])
    }
  })

  it('are refused where one is too long, also before its end has come', () => {
    expect(new Lines(4).take('1234\n1234')).toEqual(['1234'])
    expect(() => new Lines(4).take('12345\n')).toThrow(RangeError)
    expect(() => new Lines(4).take('12345')).toThrow(RangeError)
    const slow = new Lines(4)
    slow.take('123')
    slow.take('4')
    expect(() => slow.take('5')).toThrow(RangeError)
  })
})

describe('a request of a client', () => {
  it.each([
    ['{"id":1,"do":"begin"}', { id: 1, request: { do: 'begin' } }],
    ['{"id":2,"do":"finish","runId":"x"}', { id: 2, request: { do: 'finish' } }],
    ['{"id":3,"do":"until-empty","boundMs":3000}', { id: 3, request: { do: 'until-empty', boundMs: 3000 } }],
    [
      '{"id":4,"do":"run","runId":"18446744073709551615","payloadBytes":64}',
      { id: 4, request: { do: 'run', runId: '18446744073709551615', payloadBytes: 64 } },
    ],
  ])('is read: %s', (line, request) => {
    expect(read(line)).toEqual(request)
  })

  it.each([
    '',
    'GET / HTTP/1.1',
    'null',
    '[1]',
    '{}',
    '{"id":0,"do":"begin"}',
    '{"id":"1","do":"begin"}',
    '{"id":1,"do":"stop"}',
    '{"id":1,"do":"until-empty","boundMs":1e9}',
    '{"id":1,"do":"until-empty","boundMs":-1}',
    '{"id":1,"do":"run","runId":"18446744073709551616","payloadBytes":64}',
    '{"id":1,"do":"run","runId":"-1","payloadBytes":64}',
    '{"id":1,"do":"run","runId":7,"payloadBytes":64}',
    '{"id":1,"do":"run","runId":"7","payloadBytes":55}',
    '{"id":1,"do":"run","runId":"7","payloadBytes":65508}',
    '{"id":1,"do":"run","runId":"7","payloadBytes":64.5}',
  ])('is refused in one sentence: %s', (line) => {
    expect(() => read(line)).toThrow(/^(What|A request) came over the control connection .*\.$/)
  })
})

describe('a token', () => {
  it('is another one each time, and long enough', () => {
    const tokens = Array.from({ length: 100 }, makeToken)
    expect(new Set(tokens).size).toBe(100)
    expect(Math.min(...tokens.map(({ length }) => length))).toBeGreaterThanOrEqual(LEAST_TOKEN)
  })

  // By: openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:0123456789abcdef0123 -kdfopt salt: \
  //   -kdfopt info:'rpbench control' HKDF
  it('gives the key that OpenSSL derives of it', () => {
    expect(keyOf('0123456789abcdef0123').toString('hex')).toBe(
      'a8343b1f752c9a9b5f54d217f8b0b748fb0ae54e8bfb248d9eb3d3a42e96db43',
    )
  })
})
