import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatDuration, formatPercent } from '../../src/units/format.js'
import { parseBytes, parseCount, parseDuration, parsePortRange, parseRate } from '../../src/units/parse.js'

const flag = '--flag'

describe('a duration', () => {
  it.each([
    ['100ns', 100],
    ['50us', 50_000],
    ['50µs', 50_000],
    ['500ms', 500e6],
    ['1.5s', 1.5e9],
    ['10s', 10e9],
    ['10 s', 10e9],
    ['2m', 120e9],
    ['1h', 3600e9],
    ['1.1us', 1_100],
  ])('%s is %d ns', (text, ns) => expect(parseDuration(text, { flag })).toBe(ns))

  it('without a unit is refused, naming the flag and the units', () =>
    expect(() => parseDuration('10', { flag })).toThrow(
      "--flag '10' has no unit: add ns, us, ms, s, m or h, such as 10s.",
    ))

  it.each(['', 's', 'ten', '5 parsecs', '-5s', '1,5s'])('cannot be %j', (text) =>
    expect(() => parseDuration(text, { flag })).toThrow(/^--flag '.*' is not a duration: .*500ms/),
  )

  it('has bounds, said in readable units', () => {
    const bounds = { flag, min: 1e6, max: 3600e9 }
    expect(() => parseDuration('1us', bounds)).toThrow("--flag '1us' is too small: 1 ms at least.")
    expect(() => parseDuration('2h', bounds)).toThrow("--flag '2h' is too large: 60 min at most.")
  })
})

describe('a count', () => {
  it.each([
    ['10000', 10_000],
    ['10_000', 10_000],
    ['10k', 10_000],
    ['1.5M', 1_500_000],
    ['2G', 2e9],
    ['1e4', 10_000],
    ['0', 0],
  ])('%s is %d', (text, count) => expect(parseCount(text, { flag })).toBe(count))

  it.each(['', '1.5', '10m', '10 000', '10,000', 'NaN', '0x10', '-1', '1__0', 'Infinity'])(
    'cannot be %j',
    (text) => expect(() => parseCount(text, { flag })).toThrow(/is not a whole number: .*10k/),
  )

  it('has bounds', () => {
    expect(() => parseCount('0', { flag: '--procs', min: 1 })).toThrow(
      "--procs '0' is too small: 1 at least.",
    )
    expect(() => parseCount('10k', { flag, max: 4096 })).toThrow("--flag '10k' is too large: 4,096 at most.")
    expect(() => parseCount('1e99', { flag })).toThrow('too large')
  })

  it('is wrong usage when it is wrong', () =>
    expect(() => parseCount('x', { flag })).toThrow(expect.objectContaining({ code: 'RPB_USAGE' })))
})

describe('a rate', () => {
  it.each([
    ['20k', 20_000],
    ['20k/s', 20_000],
    ['0.5', 0.5],
    ['1M', 1e6],
  ])('%s is %d Hz', (text, hz) => expect(parseRate(text, { flag })).toBe(hz))

  it.each(['', 'fast', '20k/m', '20 Hz'])('cannot be %j', (text) =>
    expect(() => parseRate(text, { flag })).toThrow(/is not a rate: .*20k\/s/),
  )

  it('has bounds', () =>
    expect(() => parseRate('0', { flag, min: 0.1 })).toThrow("--flag '0' is too small: 0.1/s at least."))
})

describe('a number of bytes', () => {
  it.each([
    ['64', 64],
    ['64B', 64],
    ['4K', 4096],
    ['4k', 4096],
    ['4M', 4 * 2 ** 20],
    ['4MiB', 4 * 2 ** 20],
    ['1.5K', 1536],
    ['212992', 212_992],
  ])('%s is %d', (text, bytes) => expect(parseBytes(text, { flag })).toBe(bytes))

  it.each(['', '4KB', '0.3', 'big'])('cannot be %j', (text) =>
    expect(() => parseBytes(text, { flag })).toThrow(/is not a number of bytes: .*1024/),
  )

  it('has bounds', () =>
    expect(() => parseBytes('64K', { flag, max: 65_507 })).toThrow(
      "--flag '64K' is too large: 64 KiB at most.",
    ))
})

describe('a port range', () => {
  it('has a first and a last port, or one port', () => {
    expect(parsePortRange('32768-60999', { flag })).toEqual([32_768, 60_999])
    expect(parsePortRange('4000', { flag })).toEqual([4000, 4000])
  })

  it.each([
    ['60999-32768', 'runs backwards: write the smaller port first, 32768-60999.'],
    ['0-10', 'is out of range: ports from 1 to 65535 are allowed.'],
    ['1-65536', 'is out of range'],
    ['a-b', 'is not a port range'],
    ['1-2-3', 'is not a port range'],
  ])('cannot be %s', (text, message) => expect(() => parsePortRange(text, { flag })).toThrow(message))
})

describe('what is printed', () => {
  it.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [312_400, '312 µs'],
    [3_380, '3.4 µs'],
    [999_600, '1.0 ms'],
    [1_101_360, '1.1 ms'],
    [9_960_000, '10 ms'],
    [4_982_640, '5.0 ms'],
    [5e6, '5 ms'],
    [5e9, '5 s'],
    [90e9, '90 s'],
    [125e9, '125 s'],
    [600e9, '10 min'],
    [7200e9, '2 h'],
  ])('%d ns reads %s', (ns, text) => expect(formatDuration(ns)).toBe(text))

  it('groups thousands', () => {
    expect(formatCount(0)).toBe('0')
    expect(formatCount(999)).toBe('999')
    expect(formatCount(10_000)).toBe('10,000')
    expect(formatCount(1_234_567.4)).toBe('1,234,567')
    expect(formatCount(-1500)).toBe('-1,500')
  })

  it('shows shares in per cent and sizes in multiples of 1024', () => {
    expect(formatPercent(0.249)).toBe('24.9 %')
    expect(formatPercent(0.71, 0)).toBe('71 %')
    expect(formatBytes(64)).toBe('64 B')
    expect(formatBytes(212_992)).toBe('208 KiB')
    expect(formatBytes(4 * 2 ** 20)).toBe('4 MiB')
  })
})
