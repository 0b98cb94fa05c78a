// Makes what the package brings, so that installing it takes no compiler: addons for two architectures and two C libraries,
// named as node-gyp-build looks for them, and beside them a launcher that needs no library. On Debian, by its compilers.
// What cannot be made here is named; with --all that is an error.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { compileAddon, compileLauncher, isThere } from './compile.mjs'

/** The least that Node.js 20 runs on. */
const LEAST_GLIBC = [2, 28]

/** By Node's name of it: the machine's name, and Debian's packages of its compiler and of musl. */
const ARCHITECTURES = {
  x64: { cpu: 'x86_64', debian: 'amd64', gcc: 'gcc-x86-64-linux-gnu libc6-dev-amd64-cross' },
  arm64: { cpu: 'aarch64', debian: 'arm64', gcc: 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross' },
}

const prebuilds = path.join(import.meta.dirname, 'prebuilds')

/** A way to make code for an architecture and a C library, and what is missing for it, as a command that brings it. */
function toolchains([arch, { cpu, debian, gcc }]) {
  const own = arch === process.arch
  const system = `${cpu}-linux-gnu`
  const compiler = `${system}-gcc`
  const specs = `/usr/lib/${cpu}-linux-musl/musl-gcc.specs`
  // musl comes without the kernel's headers.
  const kernel = own ? ['/usr/include', `/usr/include/${system}`] : [`/usr/${system}/include`]
  const noCompiler = isThere(compiler) ? undefined : `apt-get install ${own ? 'gcc libc6-dev' : gcc}`
  const noMusl = existsSync(specs)
    ? undefined
    : `dpkg --add-architecture ${debian} && apt-get update && apt-get install musl-dev:${debian}`
  const base = { arch, compiler }
  return [
    { ...base, libc: 'glibc', flags: ['-s'], missing: noCompiler },
    {
      ...base,
      libc: 'musl',
      flags: ['-s', '-specs', specs, ...kernel.flatMap((folder) => ['-idirafter', folder])],
      missing: noCompiler ?? noMusl,
    },
  ]
}

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
  const all = Object.entries(ARCHITECTURES).flatMap(toolchains)
  const missing = all.filter((one) => one.missing !== undefined)
  for (const { arch, libc, missing: command } of missing)
    console.error(`rpbench: No prebuilt addon for ${arch} with ${libc}: what makes it comes with ${command}`)
  if (missing.length > 0 && process.argv.includes('--all')) return 1

  rmSync(prebuilds, { recursive: true, force: true })
  const launchers = new Map()
  for (const { arch, libc, compiler, flags } of all.filter((one) => one.missing === undefined)) {
    const folder = path.join(prebuilds, `linux-${arch}`)
    const addon = path.join(folder, `rpnet.${libc}.node`)
    compileAddon(compiler, flags, addon)
    checkSymbols(addon)
    // Either does, since it needs no library; that of musl, which comes second, is a thirtieth of the size.
    launchers.set(path.join(folder, 'launch'), [compiler, [...flags, '-static']])
  }
  for (const [file, toolchain] of launchers) compileLauncher(...toolchain, file)
  return 0
}

process.exitCode = prebuild()
