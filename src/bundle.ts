// Puts the tool into few files: Node takes longer to find and read the hundreds that it is written in than to run them.
// dist/bundle gets the tool itself, a line for each command and hook, since the framework looks for these by their files'
// names, and the client's worker.
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUNDLE = path.join(ROOT, 'dist/bundle')

/** What is found by where it lies: the addon, and the pool, which starts a file of its own. The compiler is not asked for. */
const APART = ['#native', 'piscina', 'typescript']

/**
 * Puts `contents` and all that it asks for into one file. Each module is run when it is first asked for, as if it had stayed a
 * file.
 */
async function bundle(file: string, contents: string, plugins: Plugin[] = []): Promise<Metafile> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: ROOT, sourcefile: file },
    outfile: path.join(BUNDLE, file),
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Less to read for Node; names and lines stay, for who reports a stack.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    external: APART,
    define: { 'import.meta.url': 'moduleUrl' },
    banner: {
      js: "#!/usr/bin/env node\nconst moduleUrl = require('node:url').pathToFileURL(__filename).href",
    },
    plugins,
    logLevel: 'warning',
    metafile: true,
  })
  return metafile
}

/** The framework's modules that commands ask for. They are taken from the file that runs it: there must not be two of it. */
const shared = new Set<string>()
const FRAMEWORK_ELSEWHERE: Plugin = {
  name: 'framework-elsewhere',
  setup(bundling) {
    bundling.onResolve({ filter: /^@oclif\/core\// }, ({ path: asked }) => ({
      path: asked,
      namespace: 'framework',
    }))
    bundling.onResolve({ filter: /^\.\/rpbench\.cjs$/ }, ({ path: asked }) => ({
      path: asked,
      external: true,
    }))
    bundling.onLoad({ filter: /./, namespace: 'framework' }, ({ path: asked }) => {
      shared.add(asked)
      return { contents: `module.exports = require('./rpbench.cjs').framework['${asked}']()` }
    })
  },
}

/** Paths of the commands in `commands/`, without their ending. */
async function commandNames(): Promise<string[]> {
  const files = await readdir(path.join(ROOT, 'commands'), { recursive: true })
  return files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length))
}

/** The packages whose code went into a bundle, by their folders. */
function packagesIn({ inputs }: Metafile): string[] {
  return Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [])
}

/** The licences of packages, one after the other; its name where a package comes without the text. */
async function licencesOf(folders: Iterable<string>): Promise<string> {
  const texts = Array.from(folders, async (folder) => {
    const described = await readFile(path.join(ROOT, folder, 'package.json'), 'utf8')
    const { name, version, license } = JSON.parse(described) as Record<string, string>
    const file = (await readdir(path.join(ROOT, folder))).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? license : await readFile(path.join(ROOT, folder, file), 'utf8')
    return `${name} ${version}\n\n${text}`
  })
  return (await Promise.all(texts)).join(`\n\n${'-'.repeat(80)}\n\n`)
}

await rm(BUNDLE, { recursive: true, force: true })
const lazily = (modules: Iterable<[name: string, module: string]>): string =>
  `{ ${Array.from(modules, ([name, module]) => `'${name}': () => require('${module}')`).join(', ')} }`

const commands = await commandNames()
const parts = [
  await bundle(
    'commands.cjs',
    `module.exports = ${lazily([
      ...commands.map((name): [string, string] => [`commands/${name}`, `./commands/${name}.ts`]),
      ['command-not-found', './src/cli/command-not-found.ts'],
    ])}`,
    [FRAMEWORK_ELSEWHERE],
  ),
  await bundle(
    'rpbench.cjs',
    `exports.framework = ${lazily(Array.from(shared, (part) => [part, part]))}
    exports.start = () => require('./src/start.ts').start(__filename)
    if (require.main === module) void exports.start()`,
  ),
  await bundle('worker.cjs', `module.exports = require('./src/client/worker.ts')`),
]
// The framework looks for these by the names of their files.
for (const name of ['command-not-found', ...commands.map((command) => `commands/${command}`)]) {
  const file = path.join(BUNDLE, `${name}.cjs`)
  await mkdir(path.dirname(file), { recursive: true })
  const back = path.relative(path.dirname(file), path.join(BUNDLE, 'commands.cjs'))
  await writeFile(file, `module.exports = require('./${back}')['${name}']()\n`)
}
await writeFile(
  path.join(BUNDLE, 'LICENCES.txt'),
  await licencesOf(new Set(parts.flatMap(packagesIn).toSorted())),
)
for (const file of ['dist/bundle/rpbench.cjs', 'dist/src/cli.js']) await chmod(path.join(ROOT, file), 0o755)
