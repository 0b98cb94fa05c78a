// Writes the documents that are made from the code; test/unit/documents.test.ts fails while one is stale.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { documents, MADE_FOLDERS } from './documents.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const made = await documents(root)

for (const folder of MADE_FOLDERS) {
  await mkdir(root + folder, { recursive: true })
  for (const name of await readdir(root + folder))
    if (!Object.hasOwn(made, `${folder}/${name}`)) await rm(`${root}${folder}/${name}`)
}
for (const [path, text] of Object.entries(made)) {
  await mkdir(dirname(root + path), { recursive: true })
  await writeFile(root + path, text)
}
