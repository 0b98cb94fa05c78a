export const TOOLCHAINS: readonly {
  arch: 'x64' | 'arm64'
  libc: 'glibc' | 'musl'
  compiler: string
  flags: readonly string[]
  missing: readonly string[]
}[]
