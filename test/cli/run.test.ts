import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HistogramLogReader } from 'hdr-histogram-js'
import { afterEach, describe, expect, it } from 'vitest'
import { listResult } from '../../src/result/headline.js'
import { runResult } from '../../src/result/run-result.js'
import { quietPort } from '../system/experiment.js'
import { Stranger } from '../system/stranger.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { ofMembers, summaryOf } from './histograms.js'
import { runTool, Tool } from './tool.js'

const SHORT = ['run', '-p', '2', '-d', '200ms', '--warmup', '50ms']
const ESCAPE = '\u{1B}'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

/** The rows of a CSV text without commas in its cells, heading first. */
const rowsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))

async function savedFiles(): Promise<Record<'json' | 'members' | 'flows', string>> {
  const names = await readdir(directory)
  expect(names).toHaveLength(3)
  const read = async (pattern: RegExp): Promise<string> =>
    readFile(
      join(
        directory,
        names.find((name) => pattern.test(name))!,
      ),
      'utf8',
    )
  return {
    json: await read(/-run\.json$/),
    members: await read(/-run-members\.csv$/),
    flows: await read(/-run-flows\.csv$/),
  }
}

describe('rpbench run --json', () => {
  it('prints one JSON document that follows the schema, and nothing else', async () => {
    const outcome = await runTool([...SHORT, '-f', '300', '--json', '--no-save'], { cwd: directory })
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    const value: unknown = JSON.parse(outcome.stdout)
    const result = runResult.parse(value)
    expect(result, 'no field that the schema does not know').toEqual(value)
    expect(result).toMatchObject({
      affinity: { flows: 300, moved: 0, unanswered: 0, unasked: 0 },
      books: { unexplained: 0 },
      plan: { supplied: { procs: '2', flows: '300', duration: '200ms', warmup: '50ms' } },
    })
    expect(result.members.map((m) => m.index)).toEqual([0, 1])
    expect(await readdir(directory), '--no-save').toEqual([])
  })

  it('writes the same document and two tables to files', async () => {
    const outcome = await runTool([...SHORT, '-f', '300', '--json', '-o', directory])
    expect(outcome.status).toBe(0)
    const saved = await savedFiles()
    expect(saved.json).toBe(outcome.stdout)
    const result = runResult.parse(JSON.parse(saved.json))
    const [memberHeading, ...memberRows] = rowsOf(saved.members)
    expect(memberRows).toHaveLength(2)
    const taken = memberHeading!.indexOf('taken')
    expect(memberRows.map((row) => Number(row[taken]))).toEqual(result.members.map((m) => m.taken))
    const [flowHeading, ...flowRows] = rowsOf(saved.flows)
    expect(flowHeading).toEqual([
      'flow',
      'source address',
      'source port',
      'member',
      'sent',
      'replied',
      'lost',
      'moved',
    ])
    expect(flowRows).toHaveLength(300)
    expect(flowRows.reduce((sum, row) => sum + Number(row[4]), 0)).toBe(result.books.sent)
  })

  it('writes into results/ below the working directory unless told otherwise', async () => {
    const outcome = await runTool([...SHORT, '-f', '10', '--label', 'a first try'], { cwd: directory })
    expect(outcome.status).toBe(0)
    expect(await readdir(directory)).toEqual(['results'])
    expect(await readdir(join(directory, 'results'))).toHaveLength(3)
    expect(outcome.stdout.replaceAll(/\s/g, '')).toContain('results/')
    await writeFile(join(directory, 'results', 'other.json'), '{}')
    const list = await runTool(['list', '--json'], { cwd: directory })
    expect(list).toMatchObject({ status: 0, stderr: '' })
    expect(listResult.parse(JSON.parse(list.stdout))).toMatchObject({
      results: [{ kind: 'run', label: 'a first try' }],
      skipped: [{ file: 'other.json', why: 'it is no saved result of rpbench' }],
    })
  })
})

describe('the histograms of a run', () => {
  it.each([
    ['closed', 'service', []],
    ['open', 'response', ['-r', '4k']],
  ] as const)(
    'in a %s loop give the percentiles that are printed, also in exports',
    async (loop, kind, flags) => {
      const [hgrm, log] = [join(directory, 'x.hgrm'), join(directory, 'x.hlog')]
      // What a file of that name held is replaced.
      await writeFile(hgrm, 'old')
      const args = [...SHORT, '-f', '100', ...flags, '--json', '--no-save', '--hgrm', hgrm, '--hdr-log', log]
      const outcome = await runTool(args)
      expect(outcome.stderr).toBe('')
      const { members, latency, legs, schedule, histograms } = runResult.parse(JSON.parse(outcome.stdout))
      const times = ofMembers(histograms!)
      expect(histograms!.members.map((saved) => Object.keys(saved))).toEqual(
        members.map(() => ['index', kind]),
      )
      expect(latency![kind]).toMatchObject(summaryOf(times))
      for (const [i, member] of members.entries())
        expect(member.latency![kind]).toMatchObject(summaryOf([times[i]!]))
      const { all } = histograms!
      const summaries = {
        ...legs,
        ...(schedule && { lag: schedule.lag, service: latency!.service }),
        ...(latency!.connect && { connect: latency!.connect }),
      }
      expect(Object.keys(all).toSorted()).toEqual(Object.keys(summaries).toSorted())
      for (const [name, saved] of Object.entries(all))
        expect(summaries[name as keyof typeof all]).toMatchObject(summaryOf([saved!]))

      const text = await readFile(hgrm, 'utf8')
      expect(text).toContain(`# rpbench: ${kind} time (${loop} loop`)
      const median = text.split('\n').find((line) => line.includes(' 0.500000000000 '))!
      expect(Number(median.trim().split(' ')[0])).toBe(latency![kind]!.p50Ns / 1000)
      expect(text).toContain(`Total count    = ${String(latency![kind]!.count).padStart(12)}]`)
      const reader = new HistogramLogReader(await readFile(log, 'utf8'), 64)
      for (const { index, latency: own } of members)
        expect(reader.nextIntervalHistogram()).toMatchObject({
          tag: `member-${index}`,
          totalCount: own![kind]!.count,
        })
      expect((await readdir(directory)).toSorted()).toEqual(['x.hgrm', 'x.hlog'])
    },
  )
})

describe('the report of rpbench run', () => {
  it('in a pipe has no escape codes, and no progress beside it', async () => {
    const outcome = await runTool([...SHORT, '-f', '100', '--no-save'], { env: { NO_COLOR: undefined } })
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    expect(outcome.stdout).not.toContain(ESCAPE)
    expect(outcome.stdout).toContain('0 unexplained')
  })

  it('has none with NO_COLOR either', async () => {
    const outcome = await runTool([...SHORT, '-f', '100', '--no-save'], { env: { NO_COLOR: '1' } })
    expect(outcome.stdout).not.toContain(ESCAPE)
  })

  it('is as wide as COLUMNS says', async () => {
    const narrow = await runTool([...SHORT, '-f', '100', '-o', directory], { env: { COLUMNS: '40' } })
    expect(narrow.status).toBe(0)
    expect(narrow.stdout.split('\n').filter((line) => Array.from(line).length > 40)).toEqual([])
  })
})

describe('the rows of flows', () => {
  it.each<[string[], boolean]>([
    [[], true],
    [['--no-flows-csv'], false],
  ])('are written unless they are not wanted: %j', async (flags, written) => {
    const { stdout } = await runTool([...SHORT, '-f', '50', '-o', directory, ...flags])
    const names = await readdir(directory)
    expect(names.some((name) => name.endsWith('-flows.csv'))).toBe(written)
    expect(stdout).not.toContain('--flows-csv writes them')
  })
})

describe('a low limit of open files', () => {
  it('makes the flows run in waves, each of them from its own source port', async () => {
    const outcome = await runTool(
      ['run', '--flows', '1000', '-p', '2', '-d', '1s', '--json', '-o', directory, '--engine', 'epoll'],
      { openFiles: 256 },
    )
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    const result = runResult.parse(JSON.parse(outcome.stdout))
    expect(result.plan.effective.waves).toBeGreaterThan(1)
    expect(result.affinity).toMatchObject({ flows: 1000, moved: 0, unanswered: 0, unasked: 0 })
    expect(result.books).toMatchObject({ unexplained: 0, lost: 0 })
    const [, ...flows] = rowsOf((await savedFiles()).flows)
    expect(new Set(flows.map((row) => `${row[1]}:${row[2]}`)).size).toBe(1000)
    expect(flows.every((row) => Number(row[4]) > 0)).toBe(true)
  })

  it.each([true, false])(
    'has the flows share sockets, all of them open at once, as a user too: %s',
    async (unprivileged) => {
      const outcome = await runTool(
        ['run', '--flows', '20k', '-p', '2', '-d', '200ms', '--warmup', '50ms', '-o', directory],
        { openFiles: 256, unprivileged },
      )
      expect(outcome).toMatchObject({ status: 0, stderr: '' })
      expect(outcome.stdout).toMatch(/client \(pktinfo(-mmsg)?\)/)
      expect(outcome.stdout).toMatch(/note +The flows share 16 sockets/)
      const { json, flows: csv } = await savedFiles()
      const result = runResult.parse(JSON.parse(json))
      expect(result.client?.sockets).toBe(16)
      expect(result.plan.effective.waves).toBe(1)
      expect(result.affinity).toMatchObject({ flows: 20_000, moved: 0, unanswered: 0, unasked: 0 })
      expect(result.books).toMatchObject({ unexplained: 0, lost: 0 })
      const [, ...flows] = rowsOf(csv)
      expect(new Set(flows.map((row) => `${row[1]}:${row[2]}`)).size).toBe(20_000)
    },
  )

  it('too low for any flow is said before anything starts', async () => {
    const outcome = await runTool(['run', '-p', '100', '-f', '10', '-o', directory], { openFiles: 256 })
    expect(outcome).toMatchObject({ status: 1, stdout: '' })
    expect(outcome.stderr).toMatch(/^rpbench: The limit of 256 open files leaves none .*ulimit -n.*\n$/)
    expect(await readdir(directory)).toEqual([])
  })
})

describe('the exit status', () => {
  it('is 3 when the measurement is not valid: a stranger joined the port', async () => {
    const port = quietPort()
    const stranger = await Stranger.start()
    try {
      const tool = new Tool(['run', '-p', '2', '-f', '100', '-d', '2s', '--port', String(port), '--no-save'])
      await tool.untilTaken('warm-up', 2)
      await stranger.bind(port)
      const outcome = await tool.ended
      expect(outcome.status).toBe(3)
      expect(outcome.stdout).toContain(`process ${stranger.pid}`)
    } finally {
      await stranger.end()
    }
  })

  it('is 1 when a member died, after the report was printed', async () => {
    const tool = new Tool(['run', '-p', '2', '-f', '100', '-d', '10m', '-o', directory, '--json'])
    const members = await tool.untilTaken('measured', 2)
    process.kill(members[0]!, 'SIGKILL')
    const outcome = await tool.ended
    expect(outcome.status).toBe(1)
    const result = runResult.parse(JSON.parse(outcome.stdout))
    expect(result.stopped).toBe('failed')
    expect(result.failure).toMatch(
      new RegExp(`^Member \\d \\(process ${members[0]}\\) was killed by SIGKILL`),
    )
    expect((await savedFiles()).json).toBe(outcome.stdout)
  })

  it('is 1 when the port is in use, in one line and without files', async () => {
    const stranger = await Stranger.start()
    try {
      const port = quietPort()
      await stranger.bind(port)
      const outcome = await runTool([...SHORT, '--port', String(port), '-o', directory])
      expect(outcome).toMatchObject({ status: 1, stdout: '' })
      expect(outcome.stderr).toMatch(
        new RegExp(`^rpbench: Port ${port} on 127\\.0\\.0\\.1 is in use by process ${stranger.pid} .*\n$`),
      )
      expect(await readdir(directory)).toEqual([])
    } finally {
      await stranger.end()
    }
  })
})
