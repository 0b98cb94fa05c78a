import { deflateSync, inflateSync } from 'node:zlib'
import { isSparse, sparse, whole } from '../stats/sparse-histogram.js'
import { Histogram, type HistogramData } from '../stats/histogram.js'
import type { Recording } from './recording.js'
import type { Timed, WorkerReport } from './worker-report.js'

/** The arrays that a recording has, by the name that they are packed under. */
const ARRAYS = { Uint8Array, Uint16Array, Uint32Array, Int32Array, Float64Array } as const

type ArrayName = keyof typeof ARRAYS

/** What JSON does not know, in a form that it knows. */
type Tagged =
  | { $: ArrayName; as: ArrayName; base64: string }
  | { $: 'Map'; entries: unknown[] }
  | { $: 'Set'; values: unknown[] }
  | { $: 'Date'; time: string }
  | { $: 'Number'; text: string }
  | { $: 'Nothing' }

/**
 * A recording as text, such that results can be made of it later: JSON, deflated, in base64. It says all that was counted and
 * loses nothing but which thread it was that measured a time.
 */
export function packRecording(recording: Recording): string {
  const { reports, ...rest } = recording
  const json = JSON.stringify({ ...rest, reports: withoutThreads(reports) }, function (this: unknown, key) {
    const value = (this as Record<string, unknown>)[key]
    // Of an object it is left out, of an array it would become null.
    return value === undefined && Array.isArray(this) ? ({ $: 'Nothing' } satisfies Tagged) : packed(value)
  })
  return deflateSync(json).toString('base64')
}

/**
 * Reads what `packRecording` wrote.
 * @throws Error where it is damaged
 */
export function unpackRecording(text: string): Recording {
  // Its checksum tells whether it is what was written.
  const json = inflateSync(Buffer.from(text, 'base64')).toString()
  return JSON.parse(json, (_, value: unknown) => unpacked(value)) as Recording
}

/** The same reports with the times of all of them in the first: they are asked for all threads together. */
function withoutThreads(reports: readonly WorkerReport[]): WorkerReport[] {
  const [first] = reports
  if (first === undefined) return []
  return reports.map((one, i): WorkerReport => {
    const { trace: _trace, lag, stampError, ...report } = one
    const flows = report.sent.length
    const { sources } = report
    const others = 'addressIndex' in sources && {
      sources: {
        // Behind those of flows stand candidates that nobody needed.
        addresses: sources.addresses,
        addressIndex: sources.addressIndex.subarray(0, flows),
        port: sources.port.subarray(0, flows),
      },
    }
    return {
      ...report,
      ...others,
      members: report.members.map(({ histograms: __, ...counts }, member) => ({
        ...counts,
        histograms: i === 0 ? timesOfMember(reports, member) : {},
      })),
      ...(i === 0 && lag && { lag: added(reports.flatMap((each) => each.lag ?? [])) }),
      ...(i === 0 && stampError && { stampError: added(reports.flatMap((each) => each.stampError ?? [])) }),
    }
  })
}

function timesOfMember(
  reports: readonly WorkerReport[],
  member: number,
): WorkerReport['members'][number]['histograms'] {
  const all = reports.flatMap(({ members }) => members[member]?.histograms ?? [])
  const quantities = new Set(all.flatMap((histograms) => Object.keys(histograms) as Timed[]))
  return Object.fromEntries(
    [...quantities].map((quantity) => [quantity, added(all.flatMap((one) => one[quantity] ?? []))]),
  )
}

function added(parts: readonly HistogramData[]): HistogramData {
  const sum = new Histogram()
  for (const part of parts) sum.add(part)
  return sum.data
}

function packed(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return packedArray(value as InstanceType<(typeof ARRAYS)[ArrayName]>)
  if (value instanceof Map) return { $: 'Map', entries: [...value] } satisfies Tagged
  if (value instanceof Set) return { $: 'Set', values: [...value] } satisfies Tagged
  if (typeof value === 'number' && !Number.isFinite(value))
    return { $: 'Number', text: String(value) } satisfies Tagged
  if (value instanceof Date) return { $: 'Date', time: value.toISOString() } satisfies Tagged
  if (typeof value === 'object' && value !== null && 'pages' in value) return sparse(value as HistogramData)
  return value
}

/** Counts of flows are small: an array stands in the narrowest cells that hold all of its values. */
function packedArray(array: InstanceType<(typeof ARRAYS)[ArrayName]>): Tagged {
  const as = array.constructor.name as ArrayName
  let [least, most] = [0, 0]
  for (const value of array) {
    if (value < least) least = value
    if (value > most) most = value
  }
  const narrow: ArrayName =
    as === 'Float64Array'
      ? as
      : least < 0
        ? 'Int32Array'
        : most < 2 ** 8
          ? 'Uint8Array'
          : most < 2 ** 16
            ? 'Uint16Array'
            : 'Uint32Array'
  const { buffer, byteOffset, byteLength } = narrow === as ? array : ARRAYS[narrow].from(array)
  return { $: narrow, as, base64: Buffer.from(buffer, byteOffset, byteLength).toString('base64') }
}

function unpacked(value: unknown): unknown {
  if (isSparse(value)) return whole(value)
  if (typeof value !== 'object' || value === null || !('$' in value)) return value
  const tagged = value as Tagged
  switch (tagged.$) {
    case 'Map':
      return new Map(tagged.entries as [unknown, unknown][])
    case 'Set':
      return new Set(tagged.values)
    case 'Date':
      return new Date(tagged.time)
    case 'Number':
      return Number(tagged.text)
    case 'Nothing':
      return undefined
    default: {
      // Copied, so that it begins where cells of its width may.
      const bytes = Uint8Array.from(Buffer.from(tagged.base64, 'base64')).buffer
      const narrow = new ARRAYS[tagged.$](bytes)
      return tagged.$ === tagged.as ? narrow : ARRAYS[tagged.as].from(narrow)
    }
  }
}
