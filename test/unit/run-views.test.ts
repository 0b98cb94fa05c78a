import { describe, expect, it } from 'vitest'
import { runViews } from '../../src/report/run/views.js'

describe('the file with a row for each flow', () => {
  it('is written for up to a million of them, or where it is asked for', () => {
    for (const views of [runViews(1_000_000), runViews(10_000_000, true)]) {
      expect(views['flows']!.ending).toBe('-flows.csv')
      expect(views['flows']!.withheld).toBeUndefined()
    }
  })
  it('is left out for more, saying so, or where it is not wanted', () => {
    for (const views of [runViews(1_000_001), runViews(10, false)])
      expect(views['flows']).not.toHaveProperty('ending')
    expect(runViews(1_000_001)['flows']!.withheld).toBe(
      'no row for each of 1,000,001 flows: --flows-csv writes them',
    )
  })
})
