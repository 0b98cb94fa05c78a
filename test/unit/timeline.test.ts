import { serialize } from 'node:v8'
import { expect, it } from 'vitest'
import { mergeHistograms, summarise } from '../../src/analysis/latency/latency.js'
import { Timeline } from '../../src/client/timeline.js'
import { TimeWindows } from '../../src/client/time-windows.js'

/** A timeline in intervals of 100 ns that keeps response times for 1000 ns, with so many windows. */
function opened(windows = 0): { timeline: Timeline; windows: TimeWindows } {
  const set = new TimeWindows(TimeWindows.memory(windows))
  return { timeline: new Timeline(100, 100, new TimeWindows(set.memory), 1000), windows: set }
}

const counts = ({ sent, replied, late }: Timeline['data']): [number, number, number][] =>
  Array.from(sent, (n, i) => [n, replied[i]!, late[i]!])

const responses = (timeline: Timeline, window: number) =>
  summarise(mergeHistograms([timeline.data.responses[window]!]))

it('counts a request where it was sent, whatever became of it', () => {
  const { timeline } = opened()
  timeline.noteSent(0)
  timeline.noteSent(99)
  timeline.noteSent(350)
  timeline.noteReply(99, 50, 1000)
  timeline.noteLate(0)
  expect(counts(timeline.data)).toEqual([
    [2, 1, 1],
    [0, 0, 0],
    [0, 0, 0],
    [1, 0, 0],
  ])
})

it('counts a request that was lost with its connection where that was broken off', () => {
  const { timeline } = opened()
  timeline.noteSent(50)
  timeline.noteSent(60)
  timeline.noteCut(60, 350)
  timeline.noteReply(50, 50, 90)
  expect(counts(timeline.data)).toEqual([
    [1, 1, 0],
    [0, 0, 0],
    [0, 0, 0],
    [1, 0, 0],
  ])
})

it('never has more answered than sent, also where a request was sent long after its time', () => {
  const { timeline } = opened()
  timeline.noteSent(250)
  timeline.noteReply(250, 50, 300)
  expect(counts(timeline.data)).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    [1, 1, 0],
  ])
})

it('counts on when the run is longer than there was room for', () => {
  const { timeline } = opened()
  timeline.noteSent(50)
  timeline.noteSent(1_000_050)
  const { sent } = timeline.data
  expect(sent).toHaveLength(10_001)
  expect([sent[0], sent[10_000], sent.reduce((a, b) => a + b)]).toEqual([1, 1, 2])
})

it('files response times under the time at which the request was due', () => {
  const { timeline, windows } = opened(2)
  windows.set(0, { fromNs: 0, toNs: 100 })
  windows.set(1, { fromNs: 100, toNs: Infinity })
  timeline.noteSent(250)
  timeline.noteReply(250, 50, 300)
  expect(responses(timeline, 0)).toMatchObject({ count: 1, minNs: 250, maxNs: 250 })
  expect(responses(timeline, 1)).toBeUndefined()
})

it('has the response times of windows that reach back, that overlap, and that answers come to later', () => {
  const { timeline, windows } = opened(3)
  const round = (dueNs: number, tookNs: number): void => {
    timeline.noteSent(dueNs)
    timeline.noteReply(dueNs, dueNs, dueNs + tookNs)
  }
  for (let due = 0; due < 10_000; due += 50) round(due, 1 + due / 50)
  // Of what is older than 1000 ns nothing is kept, so that the window holds the times since.
  windows.set(0, { fromNs: 9500, toNs: 9800 })
  windows.set(1, { fromNs: 9700, toNs: Infinity })
  for (let due = 10_000; due < 20_000; due += 50) round(due, 1000)
  windows.set(1, { fromNs: 9700, toNs: 19_400 })
  timeline.noteReply(9550, 9550, 9550 + 7)
  for (let due = 20_000; due < 30_000; due += 50) round(due, 5000)
  expect(responses(timeline, 0)).toMatchObject({ count: 7, minNs: 7, maxNs: 196 })
  expect(responses(timeline, 1)).toMatchObject({ count: 194, minNs: 195, maxNs: 1000 })
  expect(responses(timeline, 2)).toBeUndefined()
})

/** What a timeline holds of a run with one change, in bytes; its counts by time are beside it. */
function keptOf(lengthNs: number): number {
  const { timeline, windows } = opened(2)
  windows.set(0, { fromNs: 0, toNs: 1000 })
  windows.set(1, { fromNs: 1000, toNs: 1500 })
  for (let due = 0; due < lengthNs; due += 10) {
    timeline.noteSent(due)
    timeline.noteReply(due, due, due + 1000 + (due % 50_000))
  }
  const { sent, replied, late, ...rest } = timeline.data
  expect(sent.length + replied.length + late.length).toBe((3 * lengthNs) / 100)
  return serialize(rest).byteLength
}

it('keeps as much of a long run as of a short one, but for the counts', () =>
  expect(keptOf(1_000_000)).toBe(keptOf(10_000)))
