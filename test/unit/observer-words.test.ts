import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { processWords } from '../../src/observer/words.js'

it('names a process of Node.js by its program, as all else does', () => {
  const { title } = process
  // What Node.js 24 calls its main thread.
  process.title = 'MainThread'
  try {
    expect(processWords(process.pid)).toBe(`process ${process.pid} (${basename(process.execPath)})`)
  } finally {
    process.title = title
  }
})
