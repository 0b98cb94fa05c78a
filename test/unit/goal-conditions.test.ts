import { describe, expect, it } from 'vitest'
import { parseGoal } from '../../src/plan/goal-conditions.js'

describe('a goal', () => {
  it('is one condition or several that must all hold', () => {
    expect(parseGoal('loss<0.1% && p99<5ms', '--find')).toEqual([
      { quantity: 'loss', inclusive: false, limit: 0.001 },
      { quantity: 'p99', inclusive: false, limit: 5e6 },
    ])
    expect(parseGoal('P99.9 <= 1s&&max<2s', '--find')).toEqual([
      { quantity: 'p99.9', inclusive: true, limit: 1e9 },
      { quantity: 'max', inclusive: false, limit: 2e9 },
    ])
    expect(parseGoal('loss<=0', '--find')).toEqual([{ quantity: 'loss', inclusive: true, limit: 0 }])
    expect(parseGoal('loss<0.005', '--find')).toMatchObject([{ limit: 0.005 }])
  })

  it('may name metrics in full', () =>
    expect(parseGoal('loss.share<0.1% && latency.response.p99<5ms', '--find')).toEqual(
      parseGoal('loss<0.1% && p99<5ms', '--find'),
    ))

  it.each([
    ['', /^--find '' is not a goal: write loss, p50, p90, p99, p99\.9, max with < or <=/],
    ['p98<5ms', /^--find 'p98<5ms' is not a goal/],
    ['p99>5ms', /is not a goal/],
    ['latency.p99<5ms', /there is no latency\.p99; the nearest is latency\.response\.p99/],
    ['latency.service.p99<5ms', /latency\.service\.p99 is nothing that a search limits/],
    ['loss<0.1% &&', /^--find '' is not a goal/],
    ['loss<0.1% || p99<5ms', /'0\.1% \|\| p99<5ms' is not a share/],
    ['p99<5', /^--find p99 '5' has no unit/],
    ['loss<5ms', /^--find loss '5ms' is not a share/],
    ['loss<100%', /^--find loss<100% holds of any load/],
    ['loss<0', /^--find loss<0 can never hold/],
    ['p99<5ms && p99<6ms', /^--find names p99 twice/],
  ])('such as "%s" is refused with a sentence', (text, sentence) =>
    expect(() => parseGoal(text, '--find')).toThrow(
      expect.objectContaining({
        code: 'RPB_USAGE',
        message: expect.stringMatching(sentence) as string,
      }) as Error,
    ),
  )
})
