import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { addonPath } from '../../src/native.js'

/** Keeps a CPU busy until it is killed, for ten minutes at most. */
const SPIN = `require(process.argv[1]).pinThread(Number(process.argv[2]))
process.stdout.write('.')
for (const end = Date.now() + 600000; Date.now() < end; );`

/** Processes that are busy on one CPU until they are stopped. */
export interface BusyNeighbours {
  stop(): Promise<void>
}

/** Starts processes that are busy on a CPU, and waits until they are. */
export async function startBusyNeighbours(cpu: number, count: number): Promise<BusyNeighbours> {
  const neighbours = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', SPIN, addonPath(), String(cpu)], { stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  await Promise.all(neighbours.map(({ stdout }) => once(stdout, 'data')))
  return {
    stop: async () => {
      const ended = neighbours.map((neighbour) => once(neighbour, 'close'))
      for (const neighbour of neighbours) neighbour.kill('SIGKILL')
      await Promise.all(ended)
    },
  }
}
