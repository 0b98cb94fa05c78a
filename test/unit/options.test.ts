import { expect, it } from 'vitest'
import { commandLine, textsOf } from '../../src/plan/options.js'
import { COMMANDS, type Row } from '../../src/plan/parameters/row.js'
import { keysOf, PARAMETERS } from '../../src/plan/parameters/table.js'
import { refusalOf } from './refusal-of.js'

it('have the names of the flags in camel case, and the texts that the flags take', () => {
  expect(textsOf('run', { procs: 4, flows: '10k', inFlight: 64, duration: '2s', observeHash: true })).toEqual(
    {
      procs: '4',
      flows: '10k',
      'in-flight': '64',
      duration: '2s',
      'observe-hash': true,
    },
  )
})

it('are numbers in a unit where their name says it', () =>
  expect(
    textsOf('run', { durationNs: 2e9, rateHz: 20_000, receiveBufferBytes: 4096, warmupNs: 1.5 }),
  ).toEqual({
    duration: '2000000000ns',
    rate: '20000',
    'receive-buffer': '4096',
    warmup: '1.5ns',
  }))

it('may be lists where there are several', () => {
  expect(
    textsOf('run', {
      pinMembers: [0, 1],
      sourceAddresses: ['127.0.0.1', '127.0.0.2'],
      sourcePorts: [20_000, 30_000],
      threshold: ['loss.share<1%'],
    }),
  ).toEqual({
    'pin-members': '0,1',
    'source-addresses': '127.0.0.1,127.0.0.2',
    'source-ports': '20000-30000',
    threshold: ['loss.share<1%'],
  })
  expect(textsOf('churn', { change: '1s:add' })).toEqual({ change: ['1s:add'] })
})

it('are axes in a sweep', () =>
  expect(
    textsOf('sweep', { procs: [1, 2], rate: '1k..8k*2', pinMembers: ['0', '0,1'], steering: ['hash'] }),
  ).toEqual({ procs: '1,2', rate: '1k..8k*2', 'pin-members': '0;0,1', steering: 'hash' }))

it('count as not given where they are undefined', () =>
  expect(textsOf('run', { procs: undefined })).toEqual({}))

it.each<[object, RegExp]>([
  [{ prosc: 4 }, /^There is no option prosc of run; did you mean procs\?/],
  [{ 'in-flight': 4 }, /did you mean inFlight\?/],
  [{ change: ['1s:add'] }, /^There is no option change of run/],
  [{ repeat: 4 }, /^There is no option repeat of run/],
  [{ duration: '1s', durationNs: 1e9 }, /^durationNs and duration are two names of one option/],
  [{ procs: Number.NaN }, /^The option procs takes a text or a number, not NaN\.$/],
  [{ procs: null }, /^The option procs takes a text or a number, not null\.$/],
  [{ procs: { least: 1 } }, /^The option procs takes a text or a number, not an object\.$/],
  [{ procs: [1, 2] }, /^The option procs takes one value, not a list; sweep takes several\.$/],
  [{ pinMembers: [] }, /^The option pinMembers is an empty list/],
  [{ observeHash: 'yes' }, /^The option observeHash is true or false, not a string\.$/],
])('%j are refused', (options, sentence) =>
  expect(refusalOf(() => textsOf('run', options, ['repeat']))).toMatch(sentence),
)

it.each(COMMANDS)('exist for every parameter of %s', (command) => {
  for (const key of keysOf(command)) {
    const row: Row = PARAMETERS[key]
    const name = row.flag.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
    const value = row.kind.name === 'switch' ? true : 'x'
    expect(textsOf(command, { [name]: value })).toEqual({ [row.flag]: row.multiple ? ['x'] : value })
  }
})

it('can be named as they would be given to the command', () => {
  expect(
    commandLine(textsOf('churn', { procs: 4, observeHash: true, change: ['1s:add', '2s:kill:1'] })),
  ).toBe('--procs 4 --observe-hash --change 1s:add --change 2s:kill:1')
  expect(commandLine({})).toBe('the defaults')
})
