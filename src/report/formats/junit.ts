import type { SavedResult } from '../../result/saved-result.js'
import type { Reported } from './format.js'
import { judgementsOf, type Judgement } from './judgements.js'
import { nameOf } from './subject.js'
import { xmlDocument, type Element } from './xml.js'

/** What becomes of a judgement. Who reads such files takes a skipped test for a good one: it is kept for what cannot be tried. */
const ELEMENTS: Readonly<Record<Judgement['outcome'], 'failure' | 'error' | 'skipped' | undefined>> = {
  pass: undefined,
  fail: 'failure',
  'cannot tell': 'error',
  'not measured': 'error',
  'not possible': 'skipped',
}

/**
 * JUnit XML: a suite for each result, with a test case for each threshold and claim, and one for whether it is a measurement.
 * The form that Jenkins, GitLab and others read.
 */
export function junit(reported: readonly Reported[]): string {
  const suites = reported.map(({ result, file }) => suiteOf(result, file))
  // Schemas of the form have no sum of skipped tests here.
  const { tests, failures, errors } = totals(reported.flatMap(({ result }) => judgementsOf(result)))
  return xmlDocument({
    name: 'testsuites',
    attributes: { name: 'rpbench', tests, failures, errors },
    content: suites,
  })
}

function suiteOf(result: SavedResult, file: string): Element {
  const judgements = judgementsOf(result)
  const name = nameOf(result)
  const hostname = 'host' in result ? result.host.hostname : undefined
  return {
    name: 'testsuite',
    attributes: {
      name,
      ...totals(judgements),
      time: 'durationNs' in result ? (result.durationNs / 1e9).toFixed(3) : '0',
      // Of the forms of ISO 8601 some readers take only this one.
      timestamp: result.startedAt.slice(0, 19),
      hostname,
      file,
    },
    content: [propertiesOf(result), ...casesOf(judgements, name)],
  }
}

function totals(judgements: readonly Judgement[]) {
  const count = (element: (typeof ELEMENTS)[Judgement['outcome']]): number =>
    judgements.filter(({ outcome }) => ELEMENTS[outcome] === element).length
  return {
    tests: judgements.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  }
}

function propertiesOf(result: SavedResult): Element {
  const { tool, schema } = result
  const properties = {
    schema,
    'rpbench.version': tool.version,
    ...('host' in result && {
      kernel: result.host.kernel,
      cpus: result.host.cpus,
      'cpu.model': result.host.cpuModel,
    }),
  }
  return {
    name: 'properties',
    content: Object.entries(properties).map(([name, value]) => ({
      name: 'property',
      attributes: { name, value },
    })),
  }
}

/** Two limits of one metric have the same name: readers tell test cases apart by it. */
function casesOf(judgements: readonly Judgement[], classname: string): Element[] {
  const counts = new Map<string, number>()
  return judgements.map(({ of, name: what, outcome, facts }) => {
    const plain = `${of}: ${what}`
    const n = (counts.get(plain) ?? 0) + 1
    counts.set(plain, n)
    const name = n === 1 ? plain : `${plain} (${n})`
    const element = ELEMENTS[outcome]
    const body = facts.join('\n')
    return {
      name: 'testcase',
      attributes: { classname, name, time: '0' },
      content: [
        element === undefined
          ? { name: 'system-out', content: body }
          : { name: element, attributes: { message: outcome, type: of }, content: body },
      ],
    }
  })
}
