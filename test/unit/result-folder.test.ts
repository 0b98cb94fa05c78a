import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readFolder } from '../../src/files/result-folder.js'
import { renderListText } from '../../src/report/list/text.js'
import { listResult, type ListResult } from '../../src/result/headline.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { readMetric } from '../../src/metrics/readers.js'
import { sampleResult } from './sample-result.js'
import { LIST_SCHEMA } from '../../src/result/schema-names.js'

const REFERENCE = fileURLToPath(new URL('../../results/reference', import.meta.url))

let root: string
useTemporaryDirectory((path) => (root = path))

const trait = (id: string, status: 'ok' | 'warn' | 'unknown') => ({ id, status, observed: 'so' })
const check = (code: string, passed: boolean) => ({ code, measured: 1, limit: 1, passed })
const judged = (verdict: string) => ({ validity: { verdict } })

const save = (name: string, value: unknown): Promise<void> =>
  writeFile(join(root, name), typeof value === 'string' ? value : JSON.stringify(value))

const listed = (folder: string): ListResult =>
  listResult.parse({
    schema: LIST_SCHEMA,
    tool: { name: 'rpbench', version: '0.1.0' },
    startedAt: '2026-11-22T10:13:00.000Z',
    folder,
    ...readFolder(folder),
  })

describe('a folder of results', () => {
  it('is listed with the newest last, whatever the names are', async () => {
    await save('b.json', { ...sampleResult(), startedAt: '2026-11-22T10:13:00.000Z' })
    await save('a.json', { ...sampleResult(), startedAt: '2026-11-23T08:00:00.000Z', label: 'after' })
    await save('c.json', { ...sampleResult(), startedAt: '2026-11-21T23:00:00.000Z', stopped: 'interrupted' })
    await save('a-members.csv', 'member\n')
    const { results, skipped } = readFolder(root)
    expect(skipped).toEqual([])
    const { latency, throughput } = sampleResult()
    expect(results).toMatchObject([
      { file: 'c.json', verdict: 'interrupted' },
      { file: 'b.json', verdict: 'valid', kind: 'run' },
      {
        file: 'a.json',
        label: 'after',
        p50Ns: latency!.service.p50Ns,
        p99Ns: latency!.service.p99Ns,
        roundTripsPerSecond: throughput.roundTripsPerSecond,
        lossShare: 0,
      },
    ])
    expect(results[1]).not.toHaveProperty('label')
  })

  it('has the loss of the metric of that name, without what was never sent', async () => {
    const { books } = sampleResult()
    const result = { ...sampleResult(), books: { ...books, sent: 90, unsent: 10, lost: 4, late: 5 } }
    await save('a.json', result)
    const [{ lossShare } = {}] = readFolder(root).results
    expect(lossShare).toBe(0.09)
    expect(lossShare).toBe(readMetric('loss.share', result)!.value)
  })

  it('is read where its results were saved before they had histograms', () => {
    const { results, skipped } = listed(REFERENCE)
    expect(skipped).toEqual([])
    expect(
      Object.fromEntries(results.map(({ file, kind, verdict }) => [file, `${kind} ${verdict}`])),
    ).toEqual({
      'churn-consistent.json': 'churn valid',
      'churn-hash.json': 'churn valid',
      'churn-sticky.json': 'churn valid',
      'run.json': 'run valid',
      'verify.json': 'verify holds',
      'verify-selectors.json': 'verify holds',
    })
  })

  it('says where each was measured, and what of that host was not as it should be', async () => {
    const { host, validity } = sampleResult()
    const limited = {
      ...sampleResult(),
      host: {
        ...host,
        traits: [trait('cpus', 'ok'), trait('io-uring', 'warn'), trait('governor', 'unknown')],
      },
      validity: {
        ...validity,
        checks: [check('steal', false), check('throttled', true), check('snmp', false)],
      },
    }
    await save('a.json', { ...sampleResult(), startedAt: '2026-11-22T10:00:00.000Z' })
    await save('b.json', { ...limited, startedAt: '2026-11-22T11:00:00.000Z' })
    const [before, after] = readFolder(root).results
    expect(before).toHaveProperty('hostname', host.hostname)
    expect(before).not.toHaveProperty('limits')
    expect(after).toMatchObject({ hostname: host.hostname, limits: ['steal', 'io-uring'] })
    const text = renderListText(listed(root), { columns: 160, color: false })
    expect(text).toMatch(/ limits /)
    expect(text).toMatch(/ steal \+1 +b\.json$/m)
    expect(text).not.toContain(host.hostname)
    await save('c.json', { ...limited, host: { ...host, hostname: 'bench-2' } })
    expect(renderListText(listed(root), { columns: 160, color: false })).toMatch(/ bench-2 /)
  })

  it('says of several measurements the worst', async () => {
    const { startedAt } = sampleResult()
    await save('1.json', { schema: 'rpbench/sweep@1', startedAt, runs: [judged('valid'), judged('suspect')] })
    await save('2.json', {
      schema: 'rpbench/repeat@1',
      startedAt,
      repetitions: [{ run: judged('valid') }, { error: { code: 'RPB_MEMBER' } }],
    })
    await save('3.json', { schema: 'rpbench/sweep@1', startedAt, runs: [] })
    expect(readFolder(root).results).toMatchObject([
      { file: '1.json', verdict: 'suspect', runs: 2 },
      { file: '2.json', verdict: 'failed', runs: 2 },
      { file: '3.json', verdict: 'failed', runs: 0 },
    ])
  })

  it('names what is damaged, foreign, newer or no file, and lists the rest', async () => {
    await save('cut.json', JSON.stringify(sampleResult()).slice(0, 500))
    await save('edited.json', { ...sampleResult(), startedAt: 'yesterday' })
    await save('foreign.json', { results: [] })
    await save('null.json', 'null')
    await save('newer.json', { ...sampleResult(), schema: 'rpbench/run@2' })
    await save('good.json', sampleResult())
    await mkdir(join(root, 'folder.json'))
    await symlink('nowhere', join(root, 'gone.json'))
    const { results, skipped } = readFolder(root)
    expect(results.map(({ file }) => file)).toEqual(['good.json'])
    expect(Object.fromEntries(skipped.map(({ file, why }) => [file, why]))).toEqual({
      'cut.json': 'it is not JSON; it may be cut',
      'edited.json': expect.stringContaining('it does not follow rpbench/run@1: startedAt') as string,
      'folder.json': 'it is a directory',
      'foreign.json': 'it is no saved result of rpbench',
      'gone.json': 'there is no such file or directory',
      'newer.json': 'it is of a newer version, rpbench/run@2: update rpbench',
      'null.json': 'it is no saved result of rpbench',
    })
  })

  it('that is not there is wrong usage', () =>
    expect(() => readFolder(join(root, 'none'))).toThrow(
      'cannot be read: there is no such file or directory',
    ))
})

describe('the list of results', () => {
  it('fits any width, with what is most useful left', async () => {
    await save('20261122T101300Z-run.json', {
      ...sampleResult(),
      label: 'before\u{1B}[31m and a very long label',
    })
    await save('20261122T101300Z-foreign.json', {})
    for (const columns of [40, 60, 100, 160]) {
      const text = renderListText(listed(root), { columns, color: false })
      expect(text.split('\n').filter((line) => Array.from(line).length > columns)).toEqual([])
      expect(text).toMatch(/2026-11-22 10:13 +run +.*valid/)
      expect(text).toMatch(/skipped/)
      expect(text).not.toContain('\u{1B}')
    }
  })

  it('of nothing says so', () =>
    expect(renderListText(listed(root), { columns: 100, color: false })).toMatch(/No results in /))
})
