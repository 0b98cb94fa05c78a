import { readdirSync } from 'node:fs'
import type { Command as OclifCommand } from '@oclif/core/command'
import { describe, expect, it } from 'vitest'
import Attach from '../../commands/attach.js'
import Churn from '../../commands/churn.js'
import Compare from '../../commands/compare.js'
import Predict from '../../commands/predict.js'
import Run from '../../commands/run.js'
import Serve from '../../commands/serve.js'
import Sweep from '../../commands/sweep.js'
import Verify from '../../commands/verify/index.js'
import { configFlags } from '../../src/cli/config.js'
import { exportFlags, intervalFlags, outputFlags, ResultCommand } from '../../src/cli/result-command.js'
import { thresholdFlags } from '../../src/cli/thresholds.js'
import { COMMANDS, GROUPS, type Command } from '../../src/plan/parameters/row.js'
import {
  defaultOf,
  defaultsOf,
  flagOf,
  keysOf,
  PARAMETERS,
  readParameter,
  rowFor,
  type ParameterKey,
} from '../../src/plan/parameters/table.js'

const CLASSES: Readonly<Record<Command, { flags: OclifCommand.Class['flags'] }>> = {
  run: Run,
  sweep: Sweep,
  churn: Churn,
  verify: Verify,
  compare: Compare,
  predict: Predict,
  attach: Attach,
  serve: Serve,
}

/** What a command does with its result, and how a sweep is begun: nothing that is measured depends on these. */
const ABOUT_OUTPUT = new Set([
  ...Object.keys(thresholdFlags),
  ...Object.keys(configFlags),
  'resume',
  'yes',
  ...Object.keys(outputFlags),
  ...Object.keys(exportFlags),
  'flows-csv',
  ...Object.keys(intervalFlags),
  ...Object.keys(ResultCommand.baseFlags),
])

const KEYS = Object.keys(PARAMETERS) as ParameterKey[]
const CASES = COMMANDS.flatMap((command) =>
  keysOf(command).map((key) => [command, key] as [Command, ParameterKey]),
)

describe('the table of parameters', () => {
  it.each(COMMANDS)('has a row for every flag of %s', (command) => {
    const flags = Object.keys(CLASSES[command].flags).filter((flag) => !ABOUT_OUTPUT.has(flag))
    expect(flags.toSorted()).toEqual(
      keysOf(command)
        .map((key) => PARAMETERS[key].flag as string)
        .toSorted(),
    )
  })

  it('knows every command, with what has no parameters', () => {
    const WITHOUT_PARAMETERS = [
      'check',
      'completion',
      'doctor',
      'list',
      'merge',
      'metrics',
      'report',
      'schema',
    ]
    const files = readdirSync(new URL('../../commands', import.meta.url)).map((file) =>
      file.replace('.ts', ''),
    )
    expect(files.toSorted()).toEqual([...COMMANDS, ...WITHOUT_PARAMETERS].toSorted())
  })

  it('names each parameter once', () => {
    const names = KEYS.map((key) => PARAMETERS[key].flag)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
    expect(flagOf('steering')).toBe('--steering')
  })

  it.each(COMMANDS)('gives each short name of %s to one flag', (command) => {
    const flags = { ...ResultCommand.baseFlags, ...CLASSES[command].flags }
    const chars = Object.values(flags).flatMap(({ char }) => char ?? [])
    expect(new Set(chars).size).toBe(chars.length)
  })

  it.each(CASES)('has a meaning of a few words for the flag of %s: %s', (command, key) => {
    const { help, group, kind } = rowFor(key, command)
    expect(help).toMatch(/^[^A-Z]|^(SO_|CPU)/)
    expect(help).not.toMatch(/\.$|default/)
    expect([undefined, ...GROUPS]).toContain(group)
    expect(kind.name === 'switch' || kind.value !== '').toBe(true)
  })

  it.each(CASES.filter(([command, key]) => rowFor(key, command).default !== undefined))(
    'has a default that %s takes: %s',
    (command, key) => {
      const { default: text = '', multiple, kind } = rowFor(key, command)
      const texts = multiple ? text.split(' ') : [text]
      const values = texts.map((one) => readParameter(key, one, command))
      // What is a word is that word in a plan, too.
      const words = values.filter((value) => typeof value === 'string')
      expect(words).toEqual(typeof values[0] === 'string' ? texts : [])
      expect(kind.choices ?? words).toEqual(expect.arrayContaining(words))
    },
  )

  const bounded = CASES.filter(([command, key]) => {
    const { kind, max } = rowFor(key, command)
    return kind.steps && max !== undefined
  })
  it.each(bounded)('has bounds that %s holds to: %s', (command, key) => {
    const { min = 0, max = 0, kind } = rowFor(key, command)
    const read = (value: number) =>
      readParameter(key, `${value}${kind.name === 'duration' ? 'ns' : ''}`, command)
    expect([read(min), read(max)]).toEqual([min, max])
    expect(() => read(max * 2)).toThrow('is too large')
    // Below 0 there is no number to write.
    expect(() => (min === 0 ? readParameter(key, '-1', command) : read(min - 1))).toThrow(
      /is too small|is not a|has no unit/,
    )
  })

  it('knows what commands do differently', () => {
    expect(defaultOf('flows')).toBe(1000)
    expect(defaultOf('flows', 'churn')).toBe(2000)
    expect(defaultOf('flows', 'verify')).toBe(10_000)
    expect(defaultOf('rateHz', 'churn')).toBe(10_000)
    expect(defaultOf('durationNs')).toBe(5e9)
    expect(defaultOf('durationNs', 'sweep')).toBe(2e9)
    expect(defaultsOf('change', 'churn').map(({ atNs }) => atNs)).toEqual([2e9, 4e9, 6e9, 8e9])
    expect(() => readParameter('procs', '1', 'verify')).toThrow("--procs '1' is too small: 2 at least.")
    expect(readParameter('procs', '1', 'run')).toBe(1)
  })
})
