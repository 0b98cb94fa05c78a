import type { Cure } from '../advice/traits/row.js'
import { TRAIT_IDS, TRAITS } from '../advice/traits/table.js'

const INTRODUCTION = `# Doctor

\`rpbench doctor\` finds out what this host, container or virtual machine can measure, and what limits it. It tries what can be
tried: a setting that is as it should be says little where a sandbox stands in between. This page is made from the table of
checks by \`npm run docs\`.

    npx rpbench doctor
    npx rpbench doctor --strict     # in CI, before what measures: ends with 3 where a run would not be valid
    npx rpbench doctor --json | jq '.checks[] | select(.status != "ok")'

- \`ok\`: as expected. \`warn\`: it limits a figure or a flag. \`fail\`: nothing can be measured. \`unknown\`: it could not be found out, which is
  never ok.
- Exit status: 0 reuseport can be measured here, 1 it cannot (\`reuseport\`, \`affinity\`, \`members\`), 130 interrupted. With \`--strict\` 3 where a check that fails,
  or one of those marked **judged**, is not ok: there a run would find itself suspect, or that cannot be told.
- It takes about three seconds, sends over loopback only, and changes nothing. Probes run one after another, so that none disturbs another; it computes for one second on one
  CPU. Shell commands below that begin with \`echo\` or write a file need a root shell.
- \`run\`, \`churn\` and the others keep those that are read in no time in \`host.traits\` of their results, by the same ids, read when nothing is measured; \`steal\`,
  \`throttled\` and \`busy-neighbour\` of the measured phase are in \`validity.checks\`. \`rpbench compare\` names those that differ between two sets, \`rpbench list\` those that
  were not ok.`

/** docs/doctor.md: a section for each trait. */
export function doctorPage(): string {
  return `${[INTRODUCTION, ...TRAIT_IDS.map(section)].join('\n\n')}\n`
}

function section(id: (typeof TRAIT_IDS)[number]): string {
  const { what, expected, means, judged = false, cures } = TRAITS[id]
  return [
    `## ${id}`,
    '',
    `It ${what}.`,
    '',
    `- Expected: ${expected}.${judged ? ' **Judged.**' : ''}`,
    `- Matters for ${means}.`,
    ...cures.map(cureLine),
  ].join('\n')
}

function cureLine({ command, does, root, lasts, persistent }: Cure): string {
  if (command === undefined) return `- ${does}`
  const how = [root ? 'as root' : 'as any user', lasts].filter((part) => part !== undefined).join(', ')
  return `- \`${command}\`: ${does} (${how})${persistent === undefined ? '' : `; to keep it, \`${persistent}\``}.`
}
