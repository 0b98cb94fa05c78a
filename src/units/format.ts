export interface Scale {
  unit: string
  factor: number
}

/** Smallest first. 1024-based, because socket buffers and page sizes are. */
export const BYTE_SCALES: readonly [Scale, ...Scale[]] = [
  { unit: 'B', factor: 1 },
  { unit: 'KiB', factor: 2 ** 10 },
  { unit: 'MiB', factor: 2 ** 20 },
  { unit: 'GiB', factor: 2 ** 30 },
]
const TIME_SCALES: readonly [Scale, ...Scale[]] = [
  { unit: 'ns', factor: 1 },
  { unit: 'µs', factor: 1e3 },
  { unit: 'ms', factor: 1e6 },
  { unit: 's', factor: 1e9 },
]
/** What people say in minutes and hours they say in whole ones, and from two on: 90 s, 125 s, but 10 min. */
const LONG_TIME_SCALES: readonly Scale[] = [
  { unit: 'h', factor: 3600e9 },
  { unit: 'min', factor: 60e9 },
]
/** Nanoseconds → `312 µs`, `1.1 ms`, `5 s`. One decimal below 10, except where the value is exact. */
export function formatDuration(ns: number): string {
  const long = LONG_TIME_SCALES.find(({ factor }) => ns >= 2 * factor && ns % factor === 0)
  return scaled(ns, long === undefined ? TIME_SCALES : [long])
}

/** 10000 → `10,000`. Fractions are rounded. */
export function formatCount(n: number): string {
  return Math.round(n)
    .toString()
    .replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

/** 0.249 → `24.9 %`. */
export function formatPercent(fraction: number, digits = 1): string {
  return `${(fraction * 100).toFixed(digits)} %`
}

/** 212992 → `208 KiB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, BYTE_SCALES)
}

/** The value in the largest unit in which it reads as 1 or more: 999.6 µs would read 1,000 µs, so it is 1.0 ms. */
function scaled(value: number, [smallest, ...larger]: readonly [Scale, ...Scale[]]): string {
  const { unit, factor } = larger.reduce(
    (chosen, next) => (Math.round(value / chosen.factor) * chosen.factor >= next.factor ? next : chosen),
    smallest,
  )
  const amount = value / factor
  const digits = Number.isInteger(amount) || Number(amount.toFixed(1)) >= 10 ? 0 : 1
  return `${digits === 0 ? formatCount(amount) : amount.toFixed(digits)} ${unit}`
}
