import { deflateSync } from 'node:zlib'
import type { HistogramData } from './histogram.js'

/** Of V2 and of its compressed form; the low bits of the byte 0x10 stand for words of varying length. */
const COOKIE = 0x1c849313
const COMPRESSED_COOKIE = 0x1c849314
const HEADER_BYTES = 40
export const SIGNIFICANT_DIGITS = 3
/** Readers make room up to here. The same in all, so that they add cell by cell: an hour, where values are ns. */
export const USUAL_MOST = 3.6e12

/**
 * The counts of a histogram as HdrHistogram's V2 encoding, compressed, in base64: what HdrHistogram's readers and logs take.
 *
 * Written here and not by hdr-histogram-js: its encoder (3.0.1) writes 1 for the offset of the first cell, and the integer 1
 * where the ratio of stored to real values is a double, which reads as 5·10⁻³²⁴. HdrHistogram's reader in Rust refuses either. Its
 * own skips both fields, so that a round trip looks right.
 */
export function encodeHistogram({ pages, max }: HistogramData): string {
  const words = zigZagWords(pages)
  const plain = Buffer.alloc(HEADER_BYTES + words.length)
  plain.writeInt32BE(COOKIE, 0)
  plain.writeInt32BE(words.length, 4)
  plain.writeInt32BE(0, 8) // offset of the first cell
  plain.writeInt32BE(SIGNIFICANT_DIGITS, 12)
  plain.writeBigInt64BE(1n, 16) // the least value that is told from 0
  plain.writeBigInt64BE(BigInt(max <= USUAL_MOST ? USUAL_MOST : Number.MAX_SAFE_INTEGER), 24)
  plain.writeDoubleBE(1, 32) // ratio of stored to real values
  plain.set(words, HEADER_BYTES)
  const compressed = deflateSync(plain, { level: 9 })
  const head = Buffer.alloc(8)
  head.writeInt32BE(COMPRESSED_COOKIE, 0)
  head.writeInt32BE(compressed.length, 4)
  return Buffer.concat([head, compressed]).toString('base64')
}

/** The cells from the first to the last that is not empty: a count each, and −n for n empty ones; zigzag, LEB128. */
function zigZagWords(pages: HistogramData['pages']): number[] {
  const bytes: number[] = []
  const put = (zigZag: number): void => {
    let rest = zigZag
    // By division: a count takes up to 33 bits here, and shifts know 32.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80)
    bytes.push(rest)
  }
  let empty = 0
  const pageCells = pages.find((page) => page !== undefined)?.length ?? 0
  for (let row = 0; row < pages.length; row++) {
    const page = pages[row]
    if (page === undefined) {
      empty += pageCells
      continue
    }
    for (const count of page) {
      if (count === 0) {
        empty++
        continue
      }
      // One empty cell is a count of 0, more are −n, which is 2n − 1 in zigzag.
      if (empty > 0) put(empty === 1 ? 0 : 2 * empty - 1)
      empty = 0
      put(2 * count)
    }
  }
  return bytes
}
