// Makes what the package brings, so that installing it takes no compiler: addons for two architectures and two C libraries,
// named as node-gyp-build looks for them, and beside them a launcher that needs no library. What cannot be made here is
// named; with --all that is an error.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { compileAddon, compileLauncher } from './compile.mjs'
import { TOOLCHAINS } from './toolchains.mjs'

/** The least that Node.js 20 runs on. */
const LEAST_GLIBC = [2, 28]

const prebuilds = path.join(import.meta.dirname, 'prebuilds')

/** @throws Error where a file wants a later glibc than the least */
function checkSymbols(file) {
  const { stdout, status } = spawnSync('readelf', ['--wide', '--dyn-syms', file], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`readelf could not read ${file}`)
  for (const [version, major, minor] of stdout.matchAll(/GLIBC_(\d+)\.(\d+)/g))
    if (major > LEAST_GLIBC[0] || (+major === LEAST_GLIBC[0] && minor > LEAST_GLIBC[1]))
      throw new Error(
        `${file} wants ${version}, and is to run with ${LEAST_GLIBC.join('.')}: build it on an older Debian`,
      )
}

function prebuild() {
  rmSync(prebuilds, { recursive: true, force: true })
  const launchers = new Map()
  for (const { arch, libc, compiler, flags } of TOOLCHAINS.filter(({ missing }) => missing.length === 0)) {
    const folder = path.join(prebuilds, `linux-${arch}`)
    const addon = path.join(folder, `rpnet.${libc}.node`)
    compileAddon(compiler, [...flags, '-s'], addon)
    checkSymbols(addon)
    // Either does, since it needs no library; that of musl, which comes second, is a thirtieth of the size.
    launchers.set(path.join(folder, 'launch'), [compiler, [...flags, '-s', '-static']])
  }
  for (const [file, toolchain] of launchers) compileLauncher(...toolchain, file)
}

const lacking = TOOLCHAINS.filter(({ missing }) => missing.length > 0)
for (const { arch, libc, missing } of lacking)
  console.error(
    `rpbench: No prebuilt addon for ${arch} with ${libc}: what makes it comes with ${missing.join(' && ')}`,
  )
if (lacking.length > 0 && process.argv.includes('--all')) process.exitCode = 1
else
  try {
    prebuild()
  } catch (error) {
    console.error(`rpbench: The prebuilt addons could not be made: ${error.message}.`)
    process.exitCode = 1
  }
