import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { TOOLCHAINS } from '../../native/toolchains.mjs'
import { install, pack, pathOf, ROOT, succeed } from './packed.js'

let folder: string
let files: string[]
let installed: string
/** The whole path of who runs what was installed. */
let path: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpbench-package-'))
  const tarball = pack(folder)
  files = succeed('tar', ['--list', '--file', tarball], folder).trim().split('\n')
  const home = join(folder, 'installed')
  mkdirSync(home)
  installed = install(tarball, home)
  succeed('chmod', ['755', folder], folder)
  path = pathOf(join(folder, 'path'), [process.execPath])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the installed tool where nothing but Node is on the path. */
function rpbench(args: string, under: readonly string[] = []) {
  const [file, ...rest] = [...under, join(installed, '../.bin/rpbench'), ...args.split(' ')]
  return spawnSync(file!, rest, { cwd: '/', encoding: 'utf8', env: { PATH: path } })
}

const RUN = 'run -p 2 -f 200 -d 300ms --warmup 100ms --no-save --json'

/** What such a run comes to. */
function outcome({ status, stdout, stderr }: ReturnType<typeof rpbench>) {
  if (status !== 0) return { status, stderr }
  const { books, members } = runResult.parse(JSON.parse(stdout))
  return {
    status,
    stderr,
    members: members.length,
    replied: books.replied > 0,
    unexplained: books.unexplained,
  }
}
const DONE = { status: 0, stderr: '', members: 2, replied: true, unexplained: 0 }

const prebuilds = (): string => join(installed, `native/prebuilds/linux-${process.arch}`)

describe('the package', () => {
  it('holds what runs, and what builds the addon elsewhere', () => {
    const unknown =
      /^package\/(package\.json|README\.md|LICENSE|oclif\.manifest\.json|man\/[-\w]+\.1|dist\/(src|commands)\/[-\w/]+\.(js|cjs|d\.ts|d\.cts)|dist\/bundle\/([-\w/]+\.cjs|LICENCES\.txt)|native\/(index\.cjs|index\.d\.cts|sources\.cjs|build\.mjs|compile\.mjs)|native\/src\/\w+\.[ch]|native\/prebuilds\/linux-(x64|arm64)\/(launch|rpnet\.(glibc|musl)\.node))$/
    expect(files.filter((file) => !unknown.test(file))).toEqual([])
    for (const needed of [
      'dist/bundle/rpbench.cjs',
      'native/index.cjs',
      'native/src/rpnet.c',
      'oclif.manifest.json',
      'LICENSE',
    ])
      expect(files).toContain(`package/${needed}`)
  })

  it('asks npm to run nothing, and may be published', () => {
    const { scripts, private: kept } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
      private?: boolean
    }
    expect(kept).toBeUndefined()
    expect(Object.keys(scripts).filter((name) => name.endsWith('install'))).toEqual([])
  })
})

/** The prebuilt addons in the package: as many as there were compilers for. */
const prebuilt = (libc: string): string[] => files.filter((file) => file.endsWith(`rpnet.${libc}.node`))

/** What a library or program wants of others, as objdump lists it. */
const wanted = (file: string): string[] =>
  succeed('objdump', ['--dynamic-syms', join(installed, file.replace('package/', ''))], ROOT)
    .split('\n')
    .filter((line) => line.includes('*UND*'))

const ALL_COMPILERS = 'needs the compilers that CONTRIBUTING.md names'

describe('prebuilt addons', () => {
  beforeEach(({ skip }) => skip(prebuilt('glibc').length + prebuilt('musl').length < 4, ALL_COMPILERS))

  it('with glibc want nothing later than 2.28, the least that Node.js runs with', () => {
    for (const file of prebuilt('glibc')) {
      const versions = wanted(file).flatMap((line) => /GLIBC_2\.(\d+)/.exec(line)?.[1] ?? [])
      expect(versions.length).toBeGreaterThan(20)
      expect(versions.filter((minor) => Number(minor) > 28)).toEqual([])
    }
  })

  it('with musl want what musl has, and what Node.js has', () => {
    for (const file of prebuilt('musl')) {
      const cpu = file.includes('arm64') ? 'aarch64' : 'x86_64'
      const musl = succeed('nm', ['--dynamic', '--defined-only', `/usr/lib/${cpu}-linux-musl/libc.so`], ROOT)
      const has = new Set(musl.split('\n').map((line) => line.split(' ').at(-1)))
      const others = wanted(file).filter((line) => !/ w /.test(line) && !line.includes(' napi_'))
      expect(others.length).toBeGreaterThan(20)
      expect(others.filter((line) => !has.has(line.split(' ').at(-1)))).toEqual([])
    }
  })
})

const HERE = TOOLCHAINS.filter(({ arch }) => arch === process.arch)

describe.each(HERE)('the prebuilt addon with $libc', ({ libc, compiler, flags, missing }) => {
  // There is no Node.js with musl among the registry's packages, so that a host of our own stands in its place.
  it('carries datagrams through both engines, in a process of that library', ({ skip }) => {
    skip(missing.length > 0, ALL_COMPILERS)
    const host = join(folder, `napi-host-${libc}`)
    const headers = ['native/src', 'node_modules/node-api-headers/include'].map((at) => `-I${join(ROOT, at)}`)
    const own = ['-D_GNU_SOURCE', '-DNAPI_VERSION=9', '-rdynamic', ...headers, '-ldl', '-o', host]
    succeed(compiler, [join(ROOT, 'test/cli/napi-host.c'), ...own, ...flags], folder)
    const said = succeed(host, [join(prebuilds(), `rpnet.${libc}.node`)], folder)
    expect(said).toMatch(/^sources [0-9a-f]{16}\nepoll 8\nio_uring (8|-\d+)\n$/)
  })
})

/** Where no prebuilt addon for this machine could be made, what was packed has none. */
const needPrebuilt = ({ skip }: TestContext): void => skip(!existsSync(prebuilds()), ALL_COMPILERS)

describe('installed without compilers and scripts', () => {
  beforeEach(needPrebuilt)

  it('does the main job', () => expect(outcome(rpbench(RUN))).toEqual(DONE))

  it.skipIf(process.getuid?.() !== 0)('does it for a plain user', ({ skip }) => {
    // Its own user, who has no other processes.
    const plain = ['/usr/bin/setpriv', '--reuid=299999', '--regid=299999', '--clear-groups']
    const [setpriv, ...as] = plain
    skip(
      spawnSync(setpriv!, [...as, 'test', '-x', process.execPath]).status !== 0,
      'needs a Node.js that others may run',
    )
    expect(outcome(rpbench(RUN, plain))).toEqual(DONE)
  })

  it('has members started through the launcher, which is tied to its parent', () => {
    const launch = join(prebuilds(), 'launch')
    expect(spawnSync(launch, [String(process.pid), '/bin/echo', 'begun'], { encoding: 'utf8' }).stdout).toBe(
      'begun\n',
    )
    expect(spawnSync(launch, ['1', '/bin/echo', 'begun'], { encoding: 'utf8' })).toMatchObject({
      status: 1,
      stdout: '',
    })
    expect(spawnSync('readelf', ['-d', launch], { encoding: 'utf8' }).stdout).toContain('no dynamic section')
  })
})

const aside = (): string => join(folder, 'aside')

/** The one sentence that a run says instead, without what it ends with: the command that mends it. */
function refusal(): { sentence: string; command: string } {
  const { status, stdout, stderr } = rpbench(RUN)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  const [, sentence = stderr, command = ''] =
    /^rpbench: (.+): (node \S+\/native\/build\.mjs) builds it for this machine\.\n$/.exec(stderr) ?? []
  return { sentence, command }
}

describe('an installed package whose addon', () => {
  beforeEach(needPrebuilt)
  afterEach(() => {
    rmSync(join(installed, 'native/build'), { recursive: true, force: true })
    if (!existsSync(aside())) return
    rmSync(prebuilds(), { recursive: true, force: true })
    renameSync(aside(), prebuilds())
  })

  it('is missing says which command builds it, and that does', () => {
    renameSync(prebuilds(), aside())
    const { sentence, command } = refusal()
    expect(sentence).toBe(`There is no compiled addon for linux on ${process.arch} in this package`)
    succeed('sh', ['-c', command], '/')
    expect(outcome(rpbench(RUN))).toEqual(DONE)
  })

  it('is of another machine says so', () => {
    renameSync(prebuilds(), aside())
    mkdirSync(prebuilds())
    copyFileSync('/bin/sh', join(prebuilds(), 'rpnet.glibc.node'))
    copyFileSync('/bin/sh', join(prebuilds(), 'rpnet.musl.node'))
    expect(refusal().sentence).toMatch(/^The compiled addon cannot be loaded \(.+\)$/)
  })

  it('is of other sources says so', () => {
    const source = join(installed, 'native/src/clock.h')
    appendFileSync(source, '// changed\n')
    try {
      expect(refusal().sentence).toBe('The compiled addon is of another version than the rest of rpbench')
    } finally {
      copyFileSync(join(ROOT, 'native/src/clock.h'), source)
    }
  })
})

it('a clone whose addon is of other sources says which script builds it', () => {
  const clone = join(folder, 'copy')
  appendFileSync(join(clone, 'native/src/clock.h'), '// changed\n')
  const { status, stderr } = spawnSync(process.execPath, ['dist/bundle/rpbench.cjs', ...RUN.split(' ')], {
    cwd: clone,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      'rpbench: The compiled addon is of another version than the rest of rpbench: npm run build:native builds it for this machine.\n',
  })
})

it('building without a compiler is one sentence on what to install', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'native/build.mjs')], {
    encoding: 'utf8',
    env: { PATH: path },
  })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(
    /^rpbench: The native part could not be built: there is no cc on this path\. .*apt-get install gcc libc6-dev \(Debian, Ubuntu\), dnf install gcc \(Fedora\) or apk add gcc musl-dev linux-headers \(Alpine\)\.\n$/,
  )
})
