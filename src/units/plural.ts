import { formatCount } from '../units/format.js'

/** `1 flow`, `10,000 flows`. */
export function plural(n: number, one: string, many: string): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`
}
