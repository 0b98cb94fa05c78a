import type { Hook } from '@oclif/core/interfaces'

/** What oclif calls when the words after `rpbench` are no command: one sentence, like for any other wrong usage. */
const hook: Hook.CommandNotFound = async function ({ id, config }) {
  const { distance } = await import('fastest-levenshtein')
  const [words, known] = [id.replaceAll(':', ' '), config.commandIDs.map((name) => name.replaceAll(':', ' '))]
  // `run extra` is a command with a word too many, not a name that was mistyped.
  const whole = known.find((name) => words.startsWith(`${name} `))
  const nearest = known.toSorted((a, b) => distance(words, a) - distance(words, b))[0] ?? ''
  const sentence = whole
    ? `"${words.slice(whole.length + 1)}" is nothing that ${whole} takes; see rpbench ${whole} --help.`
    : `There is no command ${words}; did you mean ${nearest}? For all of them see rpbench --help.`
  process.stderr.write(`rpbench: ${sentence}\n`)
  this.exit(2)
}

export default hook
