import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The compiled file of a worker or child module: workers and children always run dist/, also under vitest. */
export function entryFile(name: 'group/member.cjs' | 'group/front.cjs' | 'client/worker.js'): string {
  return require.resolve(`#entry/${name}`)
}
