import { expect, it } from 'vitest'
import { booksLine } from '../../src/report/books-line.js'
import { sampleResult } from './sample-result.js'

const wordsOf = (changes: object): string[] => {
  const result = sampleResult()
  return booksLine({ ...result, books: { ...result.books, ...changes } }).phrases.map(({ text }) => text)
}

it('names what was dropped at the client by where that was', () => {
  expect(wordsOf({ droppedAtClient: 7 })).toContain('7 dropped at the client')
  const device = wordsOf({ droppedAtClient: 7, droppedAtDevices: 7 })
  expect(device).toContain("7 dropped at the client's TUN device")
  expect(device).not.toContain('7 dropped at the client')
  expect(wordsOf({ droppedAtDevices: 0 }).join(' ')).not.toContain('TUN')
})
