import { readFileSync } from 'node:fs'
import type { GroupOptions } from '../../src/group/group-options.js'
import { OwnGroup } from '../../src/group/own-group.js'
import { median } from '../../src/stats/median.js'

const ROUNDS = 3
const SIZES = [8, 64, 256]
/** 64 members up, on two CPUs. */
const AIMS = new Map([[64, ' (to reach: ≤ 3.0 s)']])

const options = (members: number): GroupOptions => ({
  address: '127.0.0.1',
  port: 0,
  members,
  server: 'processes',
  receiveBufferBytes: undefined,
  stampArrivals: 'always',
  payloadBytes: 64,
  runId: 1n,
  epochNs: process.hrtime.bigint(),
})

/** Processes that the main thread of this one has started: they are all members here. */
const members = (): number[] =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').map(Number)

/** Memory of a process, MB: what is its own, and all of it that is resident. */
function memoryOf(pid: number): { own: number; resident: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const of = (key: string): number => Number(new RegExp(`^${key}: +(\\d+) kB`, 'm').exec(rollup)?.[1]) / 1e3
  return { own: of('Private_Dirty'), resident: of('Rss') }
}

/** How long it takes until a group of so many processes serves, and what memory each holds. Sizes come in turn, so that a busy minute is every one's. */
export async function measureMembers(): Promise<void> {
  const seen = new Map(
    SIZES.map((size) => [size, { s: [] as number[], own: [] as number[], resident: [] as number[] }]),
  )
  for (let round = 0; round < ROUNDS; round++) {
    for (const [size, { s, own, resident }] of seen) {
      const began = performance.now()
      const group = await OwnGroup.start(options(size))
      s.push((performance.now() - began) / 1e3)
      const memory = members().map(memoryOf)
      own.push(median(memory.map((one) => one.own)))
      resident.push(median(memory.map((one) => one.resident)))
      await group.stop()
    }
  }
  console.log(`members that are processes of Node ${process.version}, medians of ${ROUNDS}`)
  for (const [size, { s, own, resident }] of seen)
    console.log(
      `  ${String(size).padStart(4)} members  serve after ${median(s).toFixed(2)} s (${s.map((one) => one.toFixed(2)).join(' ')})${AIMS.get(size) ?? ''}  memory of each: ${median(own).toFixed(1)} MB of its own, ${median(resident).toFixed(0)} MB resident`,
    )
}
