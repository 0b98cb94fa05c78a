// What makes code for the machines that the package brings addons for: Debian's compilers.
import { existsSync } from 'node:fs'
import { isThere } from './compile.mjs'

/** By Node's name of it: the machine's name, and Debian's, and the packages of its compiler where that is a cross compiler. */
const ARCHITECTURES = {
  x64: { cpu: 'x86_64', debian: 'amd64', cross: 'gcc-x86-64-linux-gnu libc6-dev-amd64-cross' },
  arm64: { cpu: 'aarch64', debian: 'arm64', cross: 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross' },
}

function toolchainsOf([arch, { cpu, debian, cross }]) {
  const own = arch === process.arch
  const system = `${cpu}-linux-gnu`
  const compiler = `${system}-gcc`
  const specs = `/usr/lib/${cpu}-linux-musl/musl-gcc.specs`
  // musl comes without the kernel's headers.
  const kernel = own ? ['/usr/include', `/usr/include/${system}`] : [`/usr/${system}/include`]
  const commands = {
    compiler: isThere(compiler) ? [] : [`apt-get install ${own ? 'gcc libc6-dev' : cross}`],
    musl: existsSync(specs)
      ? []
      : [`dpkg --add-architecture ${debian} && apt-get update && apt-get install musl-dev:${debian}`],
  }
  return [
    { arch, libc: 'glibc', compiler, flags: [], missing: commands.compiler },
    {
      arch,
      libc: 'musl',
      compiler,
      flags: ['-specs', specs, ...kernel.flatMap((folder) => ['-idirafter', folder])],
      missing: [...commands.compiler, ...commands.musl],
    },
  ]
}

/** For each architecture and C library its compiler, that one's flags, and the commands that bring what is missing here. */
export const TOOLCHAINS = Object.entries(ARCHITECTURES).flatMap(toolchainsOf)
