import { describe, expect, it } from 'vitest'
import { balanceOf, type FlowAttribution } from '../../src/assembly/attribution.js'
import { lineOf, render } from './render-sample.js'
import { sampleResult } from './sample-result.js'

const attributed = (changes: Partial<FlowAttribution>): FlowAttribution => ({
  flows: [250, 250, 250, 250],
  sentOnFlows: [1000, 1000, 1000, 1000],
  offered: [1000, 1000, 1000, 1000],
  reckonedFlows: [250, 250, 250, 250],
  unknown: { flows: 0, sent: 0 },
  unaskedFlows: 0,
  complete: true,
  ...changes,
})

describe('the balance of the flows that were answered', () => {
  it('is none when none was', () =>
    expect(balanceOf(attributed({ flows: [0, 0], unknown: { flows: 9, sent: 9 } }), 1)).toBeUndefined())

  it('does not call the hash skewed because a member left its flows unanswered', () => {
    const flows = [250, 250, 20, 250]
    const dropping = attributed({ flows, unknown: { flows: 230, sent: 920 } })
    expect(balanceOf(dropping, 1)).toMatchObject({ flows: 770, verdict: 'underpowered' })
    expect(balanceOf(attributed({ flows, reckonedFlows: flows }), 1)!.verdict).toBe('skewed')
  })

  it('calls it skewed where it is so with the unanswered ones', () => {
    const skewed = attributed({
      flows: [350, 250, 100, 250],
      reckonedFlows: [350, 250, 150, 250],
      unknown: { flows: 50, sent: 200 },
    })
    expect(balanceOf(skewed, 1)!.verdict).toBe('skewed')
  })

  it('is reported as what it is', () => {
    const balance = balanceOf(
      attributed({ flows: [250, 250, 20, 250], unknown: { flows: 230, sent: 920 } }),
      1,
    )!
    const affinity = { flows: 1000, moved: 0, unanswered: 230, unasked: 0, violations: [] }
    expect(lineOf(render(sampleResult({ balance, affinity })), 'balance')).toMatch(
      /^balance underpowered .*230 flows never got a reply, .* no sign of the hash$/,
    )
  })
})
