import { describe, expect, it } from 'vitest'
import { trialQueues } from '../../src/analysis/capacity/trial-queues.js'
import { samplePlan } from './sample-sweep.js'
import { sampleResult } from './sample-result.js'

describe('the queue of a member', () => {
  const of = (protocol: 'udp' | 'tcp') =>
    trialQueues(sampleResult(), { ...samplePlan, rateHz: 1000, protocol })[0]!

  it('has room for what the kernel charges to a receive buffer, which connections do not wait in', () => {
    expect(of('udp').capacity).toBeGreaterThan(0)
    expect(of('udp').requests).toBe(of('tcp').requests)
    expect(of('tcp')).not.toHaveProperty('capacity')
  })
})
