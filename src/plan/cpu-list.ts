import { usageError } from '../errors.js'

/** CPU_SETSIZE of glibc: the CPUs that sched_setaffinity(2) can name there. */
const CPU_NUMBERS = 1024
/** As many as there can be members; a longer list is a typing error. */
const MOST = 256

/**
 * Reads a list of CPUs, such as `0`, `0-3` or `0,0,1`: what stands more than once is meant so, and order is kept.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function parseCpus(text: string, flag: string): number[] {
  const cpus = text.split(',').flatMap((part) => {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part.trim())
    if (match === null)
      throw usageError(
        `${flag} '${text}' is not a list of CPUs: write numbers and ranges, such as 0-3 or 0,0,1.`,
      )
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])]
    if (first > last)
      throw usageError(`${flag} '${part}' runs backwards: write the smaller number first, ${last}-${first}.`)
    if (last >= CPU_NUMBERS)
      throw usageError(`${flag} '${part}' is out of range: CPUs from 0 to ${CPU_NUMBERS - 1} are allowed.`)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
  if (cpus.length > MOST) throw usageError(`${flag} '${text}' is too long: ${MOST} CPUs at most.`)
  return cpus
}

/** The CPU of the member or client thread with this index: CPUs are given out in turn. Undefined without a list. */
export function cpuOf(cpus: readonly number[] | undefined, index: number): number | undefined {
  return cpus?.[index % cpus.length]
}

/** The CPU of each of `count` members or client threads; undefined without a list. */
export function cpusOf(cpus: readonly number[] | undefined, count: number): number[] | undefined {
  return cpus && Array.from({ length: count }, (_, i) => cpus[i % cpus.length]!)
}

/**
 * @param allowed CPUs that this process may run on; where they are not known, the kernel is left to refuse
 * @throws RpbenchError (wrong usage) on a CPU that is not among them
 */
export function refuseForeignCpus(
  cpus: readonly number[] | undefined,
  allowed: readonly number[] | undefined,
  flag: string,
): void {
  if (!allowed || allowed.length === 0) return
  const foreign = cpus?.find((cpu) => !allowed.includes(cpu))
  if (foreign === undefined) return

  throw usageError(
    `${flag}: CPU ${foreign} is none that this process may use: it may use ${nameCpus(allowed)}.`,
  )
}

/** `0`, `0, 0, 1`, `0-3, 8`: in the order given, runs of three and more as ranges. */
export function formatCpus(cpus: readonly number[]): string {
  const parts: string[] = []
  for (let from = 0; from < cpus.length;) {
    let to = from
    while (cpus[to + 1] === cpus[to]! + 1) to++
    // Two in a row read better as two.
    if (to === from + 1) to = from
    parts.push(to === from ? `${cpus[from]}` : `${cpus[from]}-${cpus[to]}`)
    from = to + 1
  }
  return parts.join(', ')
}

/** `CPU 0`, `CPUs 0, 1`. */
export function nameCpus(cpus: readonly number[]): string {
  return `${cpus.length === 1 ? 'CPU' : 'CPUs'} ${formatCpus(cpus)}`
}
