import { expect, it } from 'vitest'
import { trialQueues } from '../../src/analysis/capacity/trial-queues.js'
import { sampleResult } from './sample-result.js'
import { samplePlan } from './sample-sweep.js'

const firstOf = (protocol: 'udp' | 'tcp') =>
  trialQueues(sampleResult(), { ...samplePlan, rateHz: 1000, protocol })[0]!

it('the queue of a member has room for what the kernel charges to a receive buffer, which connections do not wait in', () => {
  expect(firstOf('udp').capacity).toBeGreaterThan(0)
  expect(firstOf('udp').requests).toBe(firstOf('tcp').requests)
  expect(firstOf('tcp')).not.toHaveProperty('capacity')
})
