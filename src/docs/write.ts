// Writes the documents that are made from the code; test/unit/documents.test.ts fails while one is stale.
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { DOCUMENTS } from './documents.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
await Promise.all(Object.entries(DOCUMENTS).map(([path, text]) => writeFile(root + path, text())))
