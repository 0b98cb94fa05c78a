// How the addon and the launcher are made of their sources, whatever the compiler.
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import sources from './sources.cjs'

const FLAGS = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Wno-unused-parameter', '-D_GNU_SOURCE']

/** Whether a program is on the path, and runs. */
export const isThere = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0

/** Puts what a compiler makes at a path, whole, also where the file that was there is in use. */
function compile(compiler, flags, to) {
  mkdirSync(path.dirname(to), { recursive: true })
  const whole = `${to}.part`
  const { status } = spawnSync(compiler, [...FLAGS, ...flags, '-o', whole], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${compiler} could not make ${to}`)
  renameSync(whole, to)
}

/** Where the headers of Node's interface for addons are. */
function nodeHeaders() {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve('node-api-headers')), 'include')
  } catch {
    throw new Error('the package node-api-headers is missing, which npm ci installs')
  }
}

/** Makes the addon. Which sources it is of stands in it: index.cjs looks there. */
export function compileAddon(compiler, flags, to) {
  const own = ['-shared', '-fPIC', '-fvisibility=hidden', '-DNAPI_VERSION=9', `-isystem${nodeHeaders()}`]
  compile(compiler, [...own, `-DRPNET_SOURCES="${sources.digest()}"`, ...sources.addon(), ...flags], to)
}

/** Makes the program that members are started through. */
export function compileLauncher(compiler, flags, to) {
  compile(compiler, [...sources.launcher(), ...flags], to)
}
