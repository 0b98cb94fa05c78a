import { expect, it } from 'vitest'
import { mergeHistograms, summarise } from '../../src/analysis/latency/latency.js'
import { Timeline } from '../../src/client/timeline.js'

const counts = (timeline: Timeline): ([number, number, number] | undefined)[] =>
  timeline.data.map((interval) => interval && [interval.sent, interval.replied, interval.late])

it('counts a request where it was sent, whatever became of it', () => {
  const timeline = new Timeline(100)
  timeline.noteSent(0)
  timeline.noteSent(99)
  timeline.noteSent(350)
  timeline.noteReply(99, 50, 1000)
  timeline.noteLate(0)
  expect(counts(timeline)).toEqual([[2, 1, 1], undefined, undefined, [1, 0, 0]])
})

it('never has more answered than sent, also where a request was sent long after its time', () => {
  const timeline = new Timeline(100)
  timeline.noteSent(250)
  timeline.noteReply(250, 50, 300)
  expect(counts(timeline)).toEqual([[0, 0, 0], undefined, [1, 1, 0]])
})

it('files response times under the time at which the request was due', () => {
  const timeline = new Timeline(100)
  timeline.noteSent(250)
  timeline.noteReply(250, 50, 300)
  const [first, , third] = timeline.data
  expect(summarise(mergeHistograms([first!.response]))).toMatchObject({ count: 1, minNs: 250, maxNs: 250 })
  expect(third!.response.count).toBe(0)
})
