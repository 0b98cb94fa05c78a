import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Neither packed nor needed to pack, or made anew. */
const LEFT_OUT = [
  '.git',
  'coverage',
  'dist/test',
  'docs',
  'native/build',
  'native/prebuilds',
  'node_modules',
  'results',
  'test',
]

/** Runs a command to its end. @throws Error with what it said where it fails */
export function succeed(file: string, args: readonly string[], cwd: string, path = process.env.PATH): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${String(error ?? '')}${stderr}${stdout}`)
  return stdout
}

/**
 * Packs the project, from a copy since packing leaves and removes files beside the sources.
 * @param folder an empty one
 * @returns the tarball
 */
export function pack(folder: string): string {
  const copy = join(folder, 'copy')
  const leftOut = new Set(LEFT_OUT.map((name) => join(ROOT, name)))
  cpSync(ROOT, copy, { recursive: true, preserveTimestamps: true, filter: (from) => !leftOut.has(from) })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  succeed('npm', ['pack', '--silent', '--pack-destination', folder], copy)
  return tarballIn(folder)
}

/** Packs the project as it is built here, without the addons for other machines: for what needs but to be installed. */
export function packBuilt(folder: string): string {
  succeed('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], ROOT)
  return tarballIn(folder)
}

const tarballIn = (folder: string): string =>
  join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz'))!,
  )

/** Makes a folder with nothing but links to these programs, to stand as the whole path. */
export function pathOf(folder: string, programs: readonly string[]): string {
  mkdirSync(folder)
  for (const program of programs) symlinkSync(program, join(folder, basename(program)))
  return folder
}

/**
 * Installs a tarball as a user would whose machine has neither compilers nor anything else, and whose npm runs no scripts
 * of packages.
 * @returns the folder of the package in there
 */
export function install(tarball: string, folder: string): string {
  const npm = succeed('sh', ['-c', 'command -v npm'], folder).trim()
  const path = pathOf(join(folder, 'path'), [process.execPath, npm, '/bin/sh'])
  succeed('npm', ['init', '--yes'], folder, path)
  succeed(
    'npm',
    ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball],
    folder,
    path,
  )
  // Others than who runs the tests may run it.
  chmodSync(folder, 0o755)
  return join(folder, 'node_modules/rpbench')
}
