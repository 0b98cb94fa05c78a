import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { RunResult } from '../../src/result/run-result.js'
import { CLI, ROOT } from '../bench/processes.js'
import { sameCount, type Truth } from './truth-table.js'

const MEMBERS = 16

/**
 * Where the tool says that flows landed against the kernel's hash: its secret is searched among all 2^32, by a program that
 * shares nothing with the tool. Of 64 flows on 16 members one secret in 2^256 fits by chance.
 */
export function flowsAgainstTheHash(short: boolean): Truth[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'rpbench-truth-'))
  try {
    const search = path.join(folder, 'find-secret')
    execFileSync('cc', ['-O2', '-pthread', '-o', search, path.join(ROOT, 'test/truth/find-secret.c')])
    const flags = `-p ${MEMBERS} -f ${short ? 2000 : 20_000} --requests 1 --warmup 0s --timeout 5s --json`
    const printed = execFileSync(process.execPath, [CLI, 'run', ...flags.split(' '), '-o', folder], {
      encoding: 'utf8',
    })
    const { group } = JSON.parse(printed) as RunResult
    const [head, ...rows] = readFileSync(
      path.join(
        folder,
        readdirSync(folder).find((name) => name.endsWith('-flows.csv'))!,
      ),
      'utf8',
    )
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','))
    const columns = ['source address', 'source port', 'member'].map((name) => head!.indexOf(name))
    const input = [
      `${MEMBERS} ${group.address} ${group.port}`,
      ...rows.map((row) => columns.map((column) => row[column]).join(' ')),
    ].join('\n')
    const [secrets, right] = execFileSync(search, { input, encoding: 'utf8' }).split(' ').map(Number)
    return [
      sameCount('secrets that explain 64 flows', 64, 1, secrets!),
      sameCount('flows where that secret puts them', rows.length, rows.length, right!),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
