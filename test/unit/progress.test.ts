import { describe, expect, it } from 'vitest'
import { ProgressLine } from '../../src/cli/progress.js'
import { progressSentence } from '../../src/cli/progress-words.js'
import { Agenda } from '../../src/experiment/agenda.js'
import { churnExperiment } from '../../src/experiment/churn.js'
import { doneShare, expectedNs, remainingOfRun } from '../../src/experiment/expected-time.js'
import type { Progress } from '../../src/experiment/progress.js'
import { runExperiment } from '../../src/experiment/run.js'
import { agendaOf } from '../../src/experiment/verify/agenda.js'
import { planChanges } from '../../src/plan/change-plan.js'
import type { RunRequest } from '../../src/plan/run-plan.js'
import { completeVerifyPlan } from '../../src/plan/verify-plan.js'
import { withoutProgress } from '../cli/tool.js'
import { KERNEL_RULE } from './fake-group.js'
import { fakeTestbed, onFake, type Scene } from './fake-testbed.js'
import { SAMPLE_FACTS, planOf } from './sample-facts.js'

const S = 1e9
const CLEAR_LINE = '\r\u{1B}[K'
const QUARTER: Progress = {
  phase: 'measuring',
  elapsedNs: 1 * S,
  remainingNs: 6 * S,
  doneShare: 0.25,
  figures: {
    sent: 9000,
    replied: 8000,
    lost: 4,
    flowsUsed: 500,
    rateHz: 1234.5,
    lossShare: 4 / 9000,
    maxOverMean: 1.0321,
  },
  silent: [],
}

/** What a line of progress writes for a run of a fake testbed, in its time. */
async function shownOf(
  request: RunRequest,
  { isTTY, columns, quiet = false }: { isTTY: boolean; columns?: number; quiet?: boolean },
): Promise<{ written: string[]; told: Progress[] }> {
  const written: string[] = []
  const told: Progress[] = []
  let scene: Scene | undefined
  const testbed = fakeTestbed(KERNEL_RULE, (opened) => (scene = opened))
  const line = new ProgressLine(quiet, {
    stream: {
      isTTY,
      ...(columns !== undefined && { columns }),
      write: (text) => written.push(String(text)) > 0,
    },
    now: () => (scene?.clock.nowNs() ?? 0) / 1e6,
  })
  await runExperiment({
    ...onFake(request, testbed),
    onProgress: (progress) => {
      told.push(progress)
      line.update(progress)
    },
  })
  line.end()
  return { written, told }
}

describe('progress without a terminal', () => {
  const request = { procs: 4, flows: 400, durationNs: 25 * S, warmupNs: 1 * S, rateHz: 1000 }

  it('is a line every ten seconds, whole', async () => {
    const { written } = await shownOf(request, { isTTY: false })
    expect(written).toHaveLength(2)
    expect(withoutProgress(`${written.join('')}rpbench: No.\n`), 'as tests of the tool read it').toBe(
      'rpbench: No.\n',
    )
    for (const line of written)
      expect(line).toMatch(/^measuring · \d+ % · 1?\d s left · 1,000\/s · loss 0 % · max\/mean 1\.\d\d\n$/)
    // At 10 s and 20 s of 26 s, and of what is expected beside the phases.
    expect(written.map((line) => /\d+ % · \d+ s/.exec(line)![0])).toEqual(['38 % · 16 s', '76 % · 6 s'])
  })

  it('is nothing where it is to be quiet, or all is over before', async () => {
    expect((await shownOf(request, { isTTY: false, quiet: true })).written).toEqual([])
    expect((await shownOf({ ...request, durationNs: 8 * S }, { isTTY: false })).written).toEqual([])
  })
})

describe('progress on a terminal', () => {
  it.each([20, 40, 80, 200])('is one line in place, in %d columns', async (columns) => {
    const { written } = await shownOf(
      { procs: 2, flows: 200, durationNs: 3 * S, warmupNs: 0.5 * S, rateHz: 2000 },
      { isTTY: true, columns },
    )
    expect(written.length).toBeGreaterThan(30)
    for (const text of written) {
      expect(text.startsWith(CLEAR_LINE)).toBe(true)
      expect(text.slice(1)).not.toMatch(/[\r\n]/)
      expect(text.length - CLEAR_LINE.length).toBeLessThan(columns)
    }
    expect(written.at(-1)).toBe(CLEAR_LINE)
    const middle = columns < 40 ? /5\d %/ : /measuring · 5\d % · 2 s left/
    expect(written.join('')).toMatch(middle)
  })
})

const at = (phase: Progress['phase'], elapsedNs: number, changes = {}) => ({
  phase,
  elapsedNs,
  sent: 0,
  wavesDone: 0,
  lastWaveNs: 0,
  ...changes,
})

describe('where a run is', () => {
  it('goes through its phases, and towards its end', async () => {
    const request = { procs: 4, flows: 400, durationNs: 5 * S, warmupNs: 1 * S, rateHz: 1000 }
    const { told } = await shownOf(request, { isTTY: false })
    expect([...new Set(told.map(({ phase }) => phase))]).toEqual([
      'opening flows',
      'warming up',
      'measuring',
      'finishing',
    ])
    const shares = told.map((progress) => progress.doneShare)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    const measuring = told.filter(({ phase }) => phase === 'measuring')
    // Ten times a second.
    expect(measuring.length).toBeGreaterThan(45)
    expect(measuring.at(-1)!.remainingNs).toBeLessThan(0.5 * S)
    expect(measuring.at(-1)!.figures.rateHz).toBeCloseTo(1000, -1)
    expect(measuring.at(-1)!.figures.maxOverMean).toBeGreaterThanOrEqual(1)
    expect(
      told.filter(({ phase }) => phase !== 'measuring').every((p) => p.figures.maxOverMean === undefined),
    ).toBe(true)
  })

  it('has no max/mean where members come and go', async () => {
    const told: Progress[] = []
    const options = onFake(
      { procs: 3, flows: 60, rateHz: 2000, durationNs: 2 * S, warmupNs: 0 },
      fakeTestbed(),
    )
    const changes = planChanges(3, [{ atNs: 0.5 * S, change: { kind: 'add' } }], '--change')
    await churnExperiment({ ...options, changes, onProgress: (progress) => told.push(progress) })
    expect(told.some(({ phase, figures }) => phase === 'measuring' && figures.rateHz !== undefined)).toBe(
      true,
    )
    expect(told.every(({ figures }) => figures.maxOverMean === undefined)).toBe(true)
  })

  const plan = planOf({ warmupNs: 1 * S, durationNs: 10 * S })
  it('is told by what is left of its phases', () => {
    expect(expectedNs(plan)).toBe(11.6 * S)
    expect(remainingOfRun(plan, at('starting the group', 0))).toBe(11.6 * S)
    expect(remainingOfRun(plan, at('opening flows', 5 * S))).toBe(11.2 * S)
    expect(remainingOfRun(plan, at('warming up', 0.4 * S))).toBeCloseTo(10.8 * S, -3)
    expect(remainingOfRun(plan, at('measuring', 4 * S))).toBeCloseTo(6.2 * S, -3)
    expect(remainingOfRun(plan, at('measuring', 14 * S)), 'longer than planned').toBe(0.2 * S)
    expect(remainingOfRun(plan, at('finishing', 0.1 * S))).toBe(0.1 * S)
  })

  it('is told by the waves that are over, whose sockets take time too', () =>
    expect(
      remainingOfRun({ ...plan, waves: 10 }, at('measuring', 7 * S, { wavesDone: 4, lastWaveNs: 6 * S })),
    ).toBeCloseTo(8.2 * S, -3))

  it('is told by the requests that are left, where they are counted', () => {
    const asked = { warmupNs: 0, requests: 100, flows: 1000, waves: 1, rateHz: 10_000 }
    expect(expectedNs(asked)).toBe(10.6 * S)
    expect(remainingOfRun(asked, at('measuring', 2 * S, { sent: 25_000 }))).toBeCloseTo(6.2 * S, -3)
  })

  it('is a share of the time that all takes', () => {
    expect(doneShare(0, 0)).toBe(0)
    expect(doneShare(1 * S, 3 * S)).toBe(0.25)
  })
})

describe('an agenda', () => {
  it('says of each measurement where the whole is, at the pace of those before', () => {
    let nowMs = 0
    const told: Progress[] = []
    const items = Array.from({ length: 4 }, () => ({ what: 'run', expectedNs: 2 * S }))
    const agenda = new Agenda(
      (progress) => told.push(progress),
      items,
      () => nowMs,
    )
    agenda.begin('run', 'run 1')(QUARTER)
    expect(told[0]).toMatchObject({ of: 'run 1', remainingNs: 12 * S, doneShare: 0 })
    // It took 3 s where 2 s were expected: so will the two that come after the next.
    nowMs = 3000
    agenda.begin('run', 'run 2')({ ...QUARTER, remainingNs: 1 * S })
    expect(told[1]).toMatchObject({ of: 'run 2', remainingNs: 7 * S, doneShare: 0.3 })
  })

  it('leaves out what is not measured', () => {
    let nowMs = 0
    const told: Progress[] = []
    const items = ['draw', 'draw', 'churn', 'light'].map((what) => ({ what, expectedNs: 1 * S }))
    const agenda = new Agenda(
      (progress) => told.push(progress),
      items,
      () => nowMs,
    )
    agenda.begin('draw', '')
    nowMs = 1000
    agenda.begin('churn', '')({ ...QUARTER, remainingNs: 0 })
    expect(told[0]!.remainingNs).toBe(1 * S)
    nowMs = 2000
    agenda.begin('once more', '')({ ...QUARTER, remainingNs: 0 })
    expect(told[1]!.remainingNs).toBe(1 * S)
  })

  it('of a verification has all that its claims need', () => {
    const items = agendaOf(completeVerifyPlan({ procs: 4, flows: 2000 }, SAMPLE_FACTS, false))
    expect(items.map(({ what }) => what).slice(-4)).toEqual(['draw', 'churn', 'light', 'overload'])
    expect(items.every((item) => item.expectedNs > 0.6 * S)).toBe(true)
    const balance = completeVerifyPlan({ procs: 4, flows: 2000, claims: ['balance'] }, SAMPLE_FACTS, false)
    expect(new Set(agendaOf(balance).map(({ what }) => what))).toEqual(new Set(['draw']))
  })
})

describe('the sentence of progress', () => {
  const sweep: Progress = { ...QUARTER, of: 'run 3 of 12 · procs 4 · rate 10k', wave: { number: 2, of: 8 } }

  it('has all where there is room', () =>
    expect(progressSentence(sweep)).toBe(
      'run 3 of 12 · procs 4 · rate 10k · measuring · wave 2 of 8 · 25 % · 6 s left · 1,235/s · loss <0.1 % · max/mean 1.03',
    ))

  it('keeps which it is, how far it is and how long it takes where there is little', () => {
    expect(progressSentence(sweep, 39)).toBe('run 3 of 12 · 25 % · 6 s left')
    expect(progressSentence({ ...sweep, silent: [2] }, 50)).toBe(
      'run 3 of 12 · member 2 silent · 25 % · 6 s left',
    )
    expect(progressSentence({ ...QUARTER, of: 'run 3 of 12 · procs 4' }, 39)).toBe(
      'run 3 of 12 · 25 % · 6 s left',
    )
    expect(progressSentence(QUARTER, 39)).toBe('measuring · 25 % · 6 s left · 1,235/s')
    expect(progressSentence(sweep, 10)).toBe('25 %')
    expect(progressSentence(sweep, 2)).toBe('25')
  })

  it('has no figures but in the measured phase', () =>
    expect(progressSentence({ ...QUARTER, phase: 'warming up' })).toBe('warming up · 25 % · 6 s left'))
})

/** What is written of a word that is said. */
function said(isTTY: boolean): string[] {
  const written: string[] = []
  const stream = { isTTY, columns: 11, write: (text: string | Uint8Array) => written.push(String(text)) > 0 }
  new ProgressLine(false, { stream, now: () => 0 }).say('starting members')
  return written
}

it('what has no phases is said in place on a terminal, cut to its width, and nowhere else', () => {
  expect(said(true)).toEqual(['\r\u{1B}[Kstarting m'])
  expect(said(false)).toEqual([])
})
