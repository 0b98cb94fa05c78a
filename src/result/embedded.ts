import { deflateSync, inflateSync } from 'node:zlib'

/** What a page holds its results in: an element with this id, of type application/json. */
export const EMBEDDED_ID = 'rpbench-results'
const SCHEMA = 'rpbench/embedded@1'
/** As of a file (`MOST_FILE_BYTES`): a page that unpacks to more was made to fill the memory. */
const MOST_BYTES = 64 * 2 ** 20

/**
 * Results as a page holds them: each as JSON, compressed (zlib) and in base64, so that none of their text can be taken for
 * markup, and that of 64 members stays small. Every zlib reads it, and browsers by DecompressionStream('deflate').
 */
export function embeddedJson(results: readonly object[]): string {
  const packed = results.map((result) => deflateSync(JSON.stringify(result), { level: 9 }).toString('base64'))
  return JSON.stringify({ schema: SCHEMA, encoding: ['json', 'zlib', 'base64'], results: packed })
}

/** Whether a text is a page rather than a result. */
export const isPage = (text: string): boolean => /^\s*<!doctype html/i.test(text)

/** The texts of the results in a page that `rpbench report` made; undefined where there are none, or they are damaged. */
export function embeddedTexts(page: string): string[] | undefined {
  const [, json] =
    new RegExp(`<script type="application/json" id="${EMBEDDED_ID}">([^<]*)</script>`).exec(page) ?? []
  try {
    const { schema, results } = JSON.parse(json ?? '') as { schema?: unknown; results?: unknown }
    if (schema !== SCHEMA || !Array.isArray(results) || results.length === 0) return undefined
    return results.map((packed) =>
      inflateSync(Buffer.from(String(packed), 'base64'), { maxOutputLength: MOST_BYTES }).toString('utf8'),
    )
  } catch {
    return undefined
  }
}
