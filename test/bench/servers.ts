import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { heldSockets } from '../system/foreign-group.js'
import { DNS_SERVERS, has, NGINX, serve, type Server } from '../system/servers.js'
import { runRpbench } from './processes.js'
import { inTurn, inWords } from './turns.js'

const ROUNDS = 5
const SECONDS = 2
/** Sockets of the client, each with one question in flight. */
const SOCKETS = 20
const NAMES = ['example.org SOA', 'ns.example.org A', 'none.example.org A']

/** Answers a second, and CPU time of the client for each, µs. */
interface Reached {
  rate: number
  cpuUs: number
}

const TICKS_PER_S = 100

/** Runs a program to its end. @returns what it printed, and its CPU time with that of its threads, s */
async function timed(file: string, words: readonly string[]): Promise<{ printed: string; cpuS: number }> {
  const before = childrenCpuS()
  const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  await once(child, 'close')
  return { printed, cpuS: childrenCpuS() - before }
}

/** CPU time of children that have ended, s: fields 16 and 17 of /proc/self/stat. */
function childrenCpuS(): number {
  const text = readFileSync('/proc/self/stat', 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_S
}

function numberIn(printed: string, pattern: RegExp, tool: string): number {
  const [, text] = pattern.exec(printed) ?? []
  if (text === undefined) throw new Error(`${tool} printed no rate: ${printed}`)
  return Number(text)
}

async function dnsperf(port: number, queries: string): Promise<Reached> {
  const words = `-s 127.0.0.1 -p ${port} -d ${queries} -c ${SOCKETS} -q ${SOCKETS} -T 1 -l ${SECONDS}`
  const { printed, cpuS } = await timed('dnsperf', words.split(' '))
  const completed = numberIn(printed, /^\s*Queries completed:\s+(\d+)/m, 'dnsperf')
  const rate = numberIn(printed, /^\s*Queries per second:\s+([\d.]+)/m, 'dnsperf')
  return { rate, cpuUs: (cpuS * 1e6) / completed }
}

async function wrk(port: number): Promise<Reached> {
  const words = ['-t', '1', '-c', String(SOCKETS), '-d', `${SECONDS}s`, `http://127.0.0.1:${port}/`]
  const { printed, cpuS } = await timed('wrk', words)
  const requests = numberIn(printed, /(\d+) requests in/, 'wrk')
  return { rate: numberIn(printed, /^Requests\/sec:\s+([\d.]+)/m, 'wrk'), cpuUs: (cpuS * 1e6) / requests }
}

async function rpbench(port: number, flags: string): Promise<Reached> {
  const { throughput, books } = await runRpbench(
    `--target 127.0.0.1:${port} --workers 1 --flows ${SOCKETS} --in-flight ${SOCKETS} --duration ${SECONDS}s`,
    flags,
  )
  if (books.lost > 0) throw new Error(`${books.lost} requests were lost`)
  return { rate: throughput.roundTripsPerSecond, cpuUs: throughput.cpuPerRoundTripNs!.client / 1e3 }
}

/** A program that loads servers of a kind, beside which rpbench asks the same one the same. */
interface Work {
  server: Server
  protocol: 'udp' | 'tcp'
  sockets: number
  tool: string
  theirs: (port: number, folder: string) => Promise<Reached>
  ours: (port: number, folder: string) => Promise<Reached>
}

const queriesIn = (folder: string): string => path.join(folder, 'queries')

const WORKS: readonly Work[] = [
  ...DNS_SERVERS.map((server): Work => ({
    server,
    protocol: 'udp',
    sockets: 4,
    tool: 'dnsperf',
    theirs: (port, folder) => dnsperf(port, queriesIn(folder)),
    ours: (port, folder) => rpbench(port, `--protocol dns --queries ${queriesIn(folder)}`),
  })),
  {
    server: NGINX,
    protocol: 'tcp',
    sockets: 4,
    tool: 'wrk',
    theirs: wrk,
    ours: (port) => rpbench(port, '--protocol http'),
  },
]

/**
 * `run --target` against dnsperf and wrk on the same server, with as many sockets and requests in flight and one thread each; in turn.
 * The CPU time of rpbench is that of its client thread, of the others that of the whole process. What is not installed is left out.
 */
export async function compareWithServersOwn(): Promise<void> {
  console.log(
    `servers of others: ${SOCKETS} sockets, one request in flight on each, 1 client thread, ${SECONDS} s, medians of ${ROUNDS} rounds in turn`,
  )
  for (const { server, protocol, sockets, tool, theirs, ours } of WORKS) {
    const missing = [server.tool, tool].filter((name) => !has(name))
    if (missing.length > 0) {
      console.log(`  no ${missing.join(', no ')}: not compared`)
      continue
    }
    const { port, folder, end } = await serve(server, (at) => heldSockets(protocol, at).length >= sockets)
    try {
      writeFileSync(queriesIn(folder), `${NAMES.join('\n')}\n`)
      const rounds = await inTurn(ROUNDS, {
        theirs: () => theirs(port, folder),
        ours: () => ours(port, folder),
      })
      const rate = inWords(rounds, (reached) => reached.rate)
      const cpu = inWords(rounds, (reached) => reached.cpuUs, 1)
      console.log(
        `  ${server.tool.padEnd(6)} ${tool} ${rate.theirs}/s, rpbench ${rate.ours}/s; ratio ${rate.ratio} · CPU of an answer ${tool} ${cpu.theirs} µs, rpbench ${cpu.ours} µs; ratio ${cpu.ratio}`,
      )
    } finally {
      await end()
    }
  }
}
