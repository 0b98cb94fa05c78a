import { GROUPS } from '../plan/parameters/row.js'
import type { CommandFacts, FlagFacts } from '../cli/command-facts.js'

const ORDER: readonly string[] = ['', ...GROUPS, 'OUTPUT']

/** How to call a command, without the tool's name; what it takes beside flags is written large, as its help has it. */
export function synopsisOf({ name, usage, arguments: words, manyArguments }: CommandFacts): string[] {
  if (usage.length > 0) return usage.map((line) => `${line} [FLAGS]`)
  const shown = words.map((word) => {
    const text = `${word.name.toUpperCase()}${manyArguments ? '...' : ''}`
    return word.required ? text : `[${text}]`
  })
  return [[name, ...shown, '[FLAGS]'].join(' ')]
}

/** Flags by the group that the help puts them in, in the order of the parameters' groups; what becomes of the output comes last. */
export function flagGroups(flags: readonly FlagFacts[]): { title: string; flags: FlagFacts[] }[] {
  return [...new Set(flags.map(({ group }) => group))]
    .toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
    .map((group) => ({ title: titleOf(group), flags: flags.filter((flag) => flag.group === group) }))
}

/** `CHANGE OF THE GROUP` → `Change of the group` */
const titleOf = (group: string): string =>
  group === '' ? 'Flags' : `${group[0]}${group.slice(1).toLowerCase()}`

/** A paragraph, and the terms with their meanings that it lists. */
export function partsOf(paragraph: string): { lead: string; items: [term: string, meaning: string][] } {
  const lines = paragraph.split('\n')
  const [items, lead] = [
    lines.filter((line) => line.startsWith('  ')),
    lines.filter((line) => !line.startsWith('  ')),
  ]
  return {
    lead: lead.join(' '),
    items: items.map((line) => {
      const at = line.indexOf(': ')
      return [line.slice(2, at), line.slice(at + 2)]
    }),
  }
}

/** `0 good, 1 failed, kept` → what each status means. */
export function statusesOf(exitStatus: string): [status: string, meaning: string][] {
  return exitStatus
    .replace(/\.$/, '')
    .split(/, (?=\d)/)
    .map((part) => {
      const at = part.indexOf(' ')
      return [part.slice(0, at), part.slice(at + 1)]
    })
}
