import { kernelText } from './proc-text.js'

const CLOCK = '/sys/devices/system/clocksource/clocksource0'

/** What the kernel reads the time from, and what it could; nothing where it does not say. */
export function readClockSource(): { source?: string; available?: string[] } {
  const source = kernelText(`${CLOCK}/current_clocksource`)
  const available = kernelText(`${CLOCK}/available_clocksource`)?.split(/\s+/)
  return { ...(source !== undefined && { source }), ...(available && { available }) }
}
