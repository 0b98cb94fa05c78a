import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { documents, MADE_FOLDERS } from '../../src/docs/documents.js'

const MADE = await documents('.')

it.each(Object.entries(MADE))('%s says what the code says: npm run docs writes it', (path, text) =>
  expect(readFileSync(path, 'utf8')).toBe(text),
)

it.each(MADE_FOLDERS)('%s holds nothing else', (folder) =>
  expect(readdirSync(folder).filter((name) => !Object.hasOwn(MADE, `${folder}/${name}`))).toEqual([]),
)
