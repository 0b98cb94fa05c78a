import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { DOCUMENTS } from '../../src/docs/documents.js'

it.each(Object.entries(DOCUMENTS))('%s says what the code says: npm run docs writes it', (path, text) =>
  expect(readFileSync(path, 'utf8')).toBe(text()),
)
