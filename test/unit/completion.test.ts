import { expect, it } from 'vitest'
import { argumentValues, flagValues } from '../../src/cli/completion/values.js'
import { allCommands, commandClasses } from '../../src/docs/all-commands.js'
import { COMMANDS } from '../../src/plan/parameters/row.js'
import { keysOf, PARAMETERS, readParameter } from '../../src/plan/parameters/table.js'

const ALL = await allCommands()

it('says of every flag with a value, and of every argument, what can stand there', () => {
  const flags = ALL.flatMap((command) =>
    command.flags
      .filter((flag) => flag.value !== undefined && flagValues(command.name, flag) === undefined)
      .map((flag) => `${command.name} --${flag.name}`),
  )
  const words = ALL.filter((command) => command.arguments.length > 0 || command.manyArguments)
    .map(({ name }) => name)
    .filter((name) => argumentValues(name) === undefined)
  expect([...flags, ...words]).toEqual([])
})

it('offers words of parameters that the command takes', () => {
  const offered = COMMANDS.flatMap((command) =>
    keysOf(command).flatMap((key) => {
      const flag = ALL.find(({ name }) => name === command)!.flags.find(
        ({ name }) => name === PARAMETERS[key].flag,
      )!
      const values = flagValues(command, flag)
      return values?.kind === 'words' ? values.words.map((word) => ({ key, word, command })) : []
    }),
  )
  expect(offered.length).toBeGreaterThan(50)
  for (const { key, word, command } of offered)
    expect(readParameter(key, word, command), `${command} ${key}`).toBe(word)
})

it.each(['schema', 'completion'])('offers words that %s takes', async (name) => {
  const values = argumentValues(name)
  const [argument] = Object.values((await commandClasses()).get(name)!.args)
  const words = values?.kind === 'words' ? values.words : []
  expect(words.length).toBeGreaterThan(2)
  for (const word of words) await expect(argument!.parse(word, {} as never, {} as never)).resolves.toBe(word)
})
