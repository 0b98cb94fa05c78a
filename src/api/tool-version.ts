import { createRequire } from 'node:module'

const { version } = createRequire(import.meta.url)('rpbench/package.json') as { version: string }

/** The version of this package, as results name it. */
export const TOOL_VERSION = version
