import { median } from '../../src/stats/median.js'
import { CLI, runRpbench, timeNode } from './processes.js'

const ROUNDS = 5
const MB = 1e6

function line(what: string, values: number[], unit: string, bound: string, digits = 0): void {
  console.log(`  ${what.padEnd(52)} ${median(values).toFixed(digits)} ${unit} (to reach: ${bound})`)
}

/** What a run costs beside its load: time to the first packet, time around it, memory; and the start of the tool. */
export async function measureFootprint(): Promise<void> {
  const help: number[] = []
  const first: number[] = []
  const around: number[] = []
  const client: number[] = []
  const member: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const node = await timeNode('-e', '0')
    help.push((await timeNode(CLI, '--help')) / node)
    const started = performance.now()
    const result = await runRpbench(
      '--procs',
      '4',
      '--flows',
      '10000',
      '--duration',
      '1s',
      '--warmup',
      '500ms',
    )
    around.push(performance.now() - started - 1500)
    first.push((result.startup?.firstMeasuredPacketNs ?? NaN) / 1e6)
    client.push((result.clientResidentBytes ?? NaN) / MB)
    member.push(median(result.members.map((m) => m.residentBytes ?? NaN)) / MB)
  }
  console.log(`footprint, 4 processes, 10000 flows, medians of ${ROUNDS}`)
  line('rpbench --help / node -e 0', help, '×', '≤ 2.0', 2)
  line('start of the command to the first measured packet', first, 'ms', '≤ 1300, warm-up of 500 included')
  line('whole command beyond duration and warm-up', around, 'ms', '≤ 2500')
  line('resident memory of the client', client, 'MB', '≤ 200')
  line('resident memory of a member', member, 'MB', 'as small as Node allows; docs/measurements.md')
}
