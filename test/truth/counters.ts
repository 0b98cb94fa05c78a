import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { CountedBooks } from '../../src/result/run-result.js'
import { CLI } from '../bench/processes.js'
import { sameCount, type Truth } from './truth-table.js'

const LOADS: readonly (readonly [name: string, flags: string])[] = [
  ['closed loop', '-p 4 -f 2000 -d 1s'],
  ['open loop', '-p 2 -f 500 -d 1s --rate 10k'],
  ['full queues', '-p 2 -f 2000 -d 500ms --in-flight 2000 --receive-buffer 2K'],
  ['behind a front', '-p 3 -f 500 -d 500ms --dispatch fan-out'],
]

/** Runs the tool in a network namespace of its own, and copies what the kernel counted there before and after. */
const IN_A_NAMESPACE = `set -e
ip link set lo up
cat /proc/net/snmp > "$0/snmp-before"; cat /proc/net/dev > "$0/dev-before"
"$@" > "$0/result.json" || [ $? = 3 ]
cat /proc/net/snmp > "$0/snmp-after"; cat /proc/net/dev > "$0/dev-after"`

/**
 * The tool's counts against the kernel's, in a namespace where nobody else sends: UDP's counters in /proc/net/snmp, and
 * the packets that the loopback device carried, of which the tool reads none itself in this way.
 */
export function countersAgainstTheKernel(short: boolean): Truth[] {
  return LOADS.slice(0, short ? 3 : undefined).flatMap(([name, flags]) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'rpbench-truth-'))
    try {
      const tool = [process.execPath, CLI, 'run', ...flags.split(' ')]
      const fixed = ['--warmup', '0s', '--timeout', '5s', '--json', '--no-save']
      execFileSync('unshare', ['--net', 'bash', '-c', IN_A_NAMESPACE, folder, ...tool, ...fixed])
      const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8')
      const { books } = JSON.parse(read('result.json')) as { books: CountedBooks }
      const grown = (of: (text: string) => number, file: string): number =>
        of(read(`${file}-after`)) - of(read(`${file}-before`))
      const udp = (counter: string): number => grown((text) => udpCounter(text, counter), 'snmp')
      const received = books.taken + books.replied + books.late + books.duplicates
      const dropped = books.droppedAtMembers + books.droppedAtClient
      const queues = name === 'behind a front' ? [] : [['RcvbufErrors', dropped] as const]
      return [
        ...([['OutDatagrams', books.sent + books.echoed], ['InDatagrams', received], ...queues] as const).map(
          ([counter, ours]) => sameCount(`${name}: ${counter}`, books.sent, udp(counter), ours),
        ),
        sameCount(`${name}: packets on lo`, books.sent, grown(packetsOnLo, 'dev'), books.sent + books.echoed),
      ]
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

/** A counter of UDP by its name in the text of /proc/net/snmp. */
function udpCounter(text: string, counter: string): number {
  const [names, values] = text.split('\n').filter((line) => line.startsWith('Udp: '))
  return Number(values!.split(' ')[names!.split(' ').indexOf(counter)])
}

/** Packets received by lo, in the text of /proc/net/dev. */
function packetsOnLo(text: string): number {
  return Number(/^ *lo: *\d+ +(\d+)/m.exec(text)![1])
}
