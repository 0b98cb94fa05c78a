import type { ExplainedSocket } from '../../src/recording/observation.js'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { attachResultOf } from '../../src/assembly/attach.js'
import type { WatchedGroup } from '../../src/recording/watched-group.js'
import { renderAttachText } from '../../src/report/attach/text.js'
import { attachResult, type AttachResult } from '../../src/result/attach-result.js'
import { headlineOf } from '../../src/result/headline.js'
import { explainedGroup, stuck, watchedGroup, watchedMember } from './watched-group.js'

const { host } = JSON.parse(
  readFileSync(new URL('../saved-results/attach@1.json', import.meta.url), 'utf8'),
) as AttachResult

const resultOf = (given: Partial<WatchedGroup> = {}): AttachResult => {
  const result = attachResultOf(watchedGroup(given), { toolVersion: '0.0.0', host, supplied: { port: '53' } })
  expect(attachResult.parse(result)).toEqual(result)
  return result
}
const textOf = (result: AttachResult, columns = 110): string =>
  renderAttachText(result, { columns, color: false, unicode: true })

describe('the text of a watched group', () => {
  it('says that the flag is not known at level look, and what the next level needs', () => {
    const refusal = {
      level: 'count' as const,
      why: 'it is refused',
      needs: 'CAP_BPF',
      command: 'sudo rpbench',
    }
    const text = textOf(resultOf({ refusals: [refusal] }))
    expect(text).toMatch(/^rpbench attach {3}udp port 53 · 4 sockets · 2 s\n/)
    expect(text).toMatch(/level +look .*count is not in force: it is refused · it needs CAP_BPF/s)
    expect(text).toContain('→ sudo rpbench')
    expect(text).toMatch(/reuseport +not known/)
    expect(text).not.toMatch(/flows {2}packets|balance|affinity/)
  })

  it('says who picks the member at level explain, and the place of each', () => {
    const { members } = watchedGroup()
    const explained = explainedGroup(members, { program: { kind: 'extended', id: 9, name: 'pick' } })
    const result = resultOf({ level: 'explain', explained })
    expect(result.groups).toMatchObject([{ size: 4, program: { kind: 'extended', id: 9, name: 'pick' } }])
    expect(result.members.map(({ order }) => order)).toEqual([0, 1, 2, 3])
    const text = textOf(result)
    expect(text).toMatch(/reuseport +set +a program picks/)
    expect(text).toContain('A BPF program pick (id 9) picks the member, not the kernel')
    expect(textOf(resultOf({ level: 'explain', explained: explainedGroup(members) }))).toMatch(
      /the hash picks: no program, no SO_INCOMING_CPU/,
    )
  })

  it('says that the hash picks only where the kernel proves that nothing else does', () => {
    const { members } = watchedGroup()
    const picked = (change: (socket: ExplainedSocket, i: number) => ExplainedSocket | undefined) =>
      resultOf({
        level: 'explain',
        explained: explainedGroup(members).flatMap((one, i) => change(one, i) ?? []),
      }).groups[0]!.picks
    expect(picked((one) => one)).toBe('hash')
    expect(picked((one, i) => (i === 2 ? { ...one, incomingCpu: 1 } : one))).toBe('incoming-cpu')
    expect(picked((one) => ({ ...one, lookedUpByProgram: true }))).toBe('lookup-program')
    expect(picked((one) => ({ ...one, group: { ...one.group!, size: 1 } }))).toBe('nothing')
    expect(picked((one) => ({ ...one, group: { ...one.group!, program: { kind: 'classic' } } }))).toBe(
      'program',
    )
    expect(
      picked((one, i) => (i === 3 ? undefined : one)),
      'of a member nothing was read',
    ).toBeUndefined()
  })

  it('shows what is worth it most of many, and how many are left out', () => {
    const many = Array.from({ length: 40 }, (_, i) => (i === 37 ? stuck(i) : watchedMember(i)))
    const text = textOf(resultOf({ members: many }))
    expect(text).toMatch(/^ +37 /m)
    expect(text).toContain('and 24 more (all in the JSON)')
  })

  it('keeps to a narrow terminal, and to ASCII', () => {
    const result = resultOf({ members: [stuck(0), watchedMember(1, { joinedNs: 1e9 })] })
    const narrow = renderAttachText(result, { columns: 40, color: false, unicode: false })
    expect(narrow.split('\n').filter((line) => line.length > 40)).toEqual([])
    expect(narrow).toMatch(/^[\n -~]*$/)
  })

  it('lets no control sequence of a process through', () => {
    const holders = [{ pid: 7, fd: 3, command: '\u{1B}[2Jevil' }]
    expect(textOf(resultOf({ members: [watchedMember(0, { holders })] }))).not.toContain('\u{1B}')
  })
})

const verdictOf = (result: AttachResult) => headlineOf('a.json', JSON.stringify(result))

it('a headline says whether there are findings that warn', () => {
  expect(verdictOf(resultOf())).toMatchObject({ kind: 'attach', verdict: 'no findings' })
  expect(verdictOf(resultOf({ members: [stuck(0)] }))).toMatchObject({ verdict: 'findings' })
  expect(verdictOf(resultOf({ stopped: 'interrupted' }))).toMatchObject({ verdict: 'interrupted' })
})
