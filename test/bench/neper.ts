import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { runRpbench } from './processes.js'
import { inTurn, inWords } from './turns.js'

const run = promisify(execFile)

const ROUNDS = 15
const SECONDS = 2
const FLOWS = 64
const PAYLOAD = 64

/** By neper's program: what rpbench does the same with, and the ratio to reach. */
const WORKS = [
  { program: 'tcp_crr', what: 'connections/s', flags: '--requests-per-connection 1', aim: 1.3 },
  { program: 'tcp_rr', what: 'round trips/s', flags: '', aim: 1 },
] as const

/** A folder that has neper's programs: $NEPER, or one of $PATH. */
function neperFolder(): string | undefined {
  const { NEPER, PATH = '' } = process.env
  return [...(NEPER ? [NEPER] : []), ...PATH.split(':')].find((folder) => {
    try {
      for (const { program } of WORKS) accessSync(path.join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const anyPort = (): number => 20_000 + 2 * Math.floor(Math.random() * 5000)

/** Transactions a second of neper: a server and a client of one thread each, on ports of their own. */
async function neper(file: string, port: number): Promise<number> {
  const both = `-P ${port} -C ${port + 1} -F ${FLOWS} -T 1 -Q ${PAYLOAD} -R ${PAYLOAD}`.split(' ')
  // Its client writes a log to where it stands.
  const cwd = mkdtempSync(path.join(tmpdir(), 'rpbench-neper-'))
  const server = spawn(file, [...both, '--nolog'], { cwd, stdio: 'ignore' })
  const ended = once(server, 'exit')
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        const { stdout } = await run(file, [...both, '-c', '-H', '127.0.0.1', '-l', String(SECONDS)], { cwd })
        const rate = /^throughput=([\d.]+)$/m.exec(stdout)?.[1]
        if (rate === undefined) throw new Error(`neper printed no throughput: ${stdout}`)
        await ended
        return Number(rate)
      } catch (error) {
        // Its server may not listen yet.
        if (attempt === 20) throw error
        await delay(100)
      }
    }
  } finally {
    server.kill()
    rmSync(cwd, { recursive: true })
  }
}

async function rpbench(flags: string): Promise<number> {
  const { throughput, books } = await runRpbench(
    `--protocol tcp --procs 1 --workers 1 --flows ${FLOWS} --in-flight ${FLOWS} --payload ${PAYLOAD}`,
    `--duration ${SECONDS}s${flags === '' ? '' : ` ${flags}`}`,
  )
  if ((books.unexplained ?? 0) > 0) throw new Error(`${books.unexplained} requests are unexplained`)
  return throughput.roundTripsPerSecond
}

/**
 * rpbench over TCP against neper on the same work: one server and one client thread, as many flows, messages as long, connections
 * closed by a reset; in turn. Ratios are of each round, and their median is told.
 */
export async function compareWithNeper(): Promise<void> {
  const folder = neperFolder()
  if (folder === undefined) {
    console.log('no neper: NEPER=the folder of its tcp_rr and tcp_crr (git clone, make) compares with it')
    return
  }
  console.log(
    `TCP against neper: 1 server, 1 client thread, ${FLOWS} flows, medians of ${ROUNDS} rounds in turn`,
  )
  for (const { program, what, flags, aim } of WORKS) {
    const rounds = await inTurn(ROUNDS, {
      theirs: () => neper(path.join(folder, program), anyPort()),
      ours: () => rpbench(flags),
    })
    const { theirs, ours, ratio } = inWords(rounds, (rate) => rate)
    console.log(
      `  ${what.padEnd(13)} neper ${program} ${theirs}, rpbench ${ours}; ratio ${ratio}, aim ≥ ${aim.toFixed(1)}`,
    )
  }
}
