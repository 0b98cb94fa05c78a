import { readFileSync } from 'node:fs'
import { addon } from '../native.js'
import type { ProgramCost } from '../recording/observation.js'

/** Runs and time after which the kernel need not take the time of programs any more: that costs them time too. */
const ENOUGH_RUNS = 1000
const ENOUGH_NS = 1e9

interface Reading {
  runs: number
  ns: number
  atNs: number
}

/** What a program costs those in whose way it runs, by the kernel's statistics of BPF programs (Linux 5.8). */
export class CostMeter {
  readonly #programFd: number
  readonly #before: Reading | undefined
  #statistics: number
  #measured: ProgramCost | undefined

  /** Begins to measure, where the kernel takes the time of programs, or lets this user have it do so. */
  constructor(programFd: number) {
    this.#programFd = programFd
    this.#statistics = addon.bpfTimePrograms()
    this.#before = this.#read()
  }

  /** Looks whether there is enough to tell, and has it end then. */
  look(): void {
    const now = this.#read()
    if (this.#statistics < 0 || !this.#before || !now) return
    if (now.runs - this.#before.runs < ENOUGH_RUNS || now.atNs - this.#before.atNs < ENOUGH_NS) return
    this.#end(now)
  }

  /** What was measured; absent where the kernel counted nothing. */
  close(): ProgramCost | undefined {
    this.#end(this.#read())
    return this.#measured
  }

  #end(now: Reading | undefined): void {
    if (this.#statistics >= 0) addon.close(this.#statistics)
    this.#statistics = -1
    if (this.#measured || !this.#before || !now || now.runs === this.#before.runs) return
    this.#measured = {
      runs: now.runs - this.#before.runs,
      runNs: now.ns - this.#before.ns,
      overNs: now.atNs - this.#before.atNs,
    }
  }

  #read(): Reading | undefined {
    const atNs = Number(process.hrtime.bigint())
    const text = readFileSync(`/proc/self/fdinfo/${this.#programFd}`, 'latin1')
    const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)$`, 'm').exec(text)?.[1])
    const [runs, ns] = [of('run_cnt'), of('run_time_ns')]
    return Number.isNaN(runs + ns) ? undefined : { runs, ns, atNs }
  }
}
