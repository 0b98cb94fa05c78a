import { describe, expect, it } from 'vitest'
import { mayLoadEbpf } from '../../src/steering/bpf.js'
import { runTool } from './tool.js'

describe('rpbench verify selectors', () => {
  it('prints a line for each case, and ends well', async () => {
    const { status, stdout, stderr } = await runTool(['verify', 'selectors'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^ pass +reattach +a program that is attached/m)
    expect(stdout).toMatch(/^ \d+ cases: \d+ passed/m)
  })

  it('prints JSON', async () => {
    const { stdout } = await runTool(['verify', 'selectors', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'rpbench/verify@1', tool: { name: 'rpbench' } })
  })
})

describe('rpbench run', () => {
  it.each([
    ['--steering', 'magic', '--steering is hash or random or cpu or'],
    ['--steering', 'random', '--observe-hash and --steering random exclude each other'],
  ])('refuses %s %s with --observe-hash', async (flag, value, sentence) => {
    const { status, stderr } = await runTool(['run', flag, value, '--observe-hash', '--no-save'])
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(sentence) as string })
  })

  // setpriv takes capabilities from root; whoever has none sees the same without it.
  it.skipIf(!mayLoadEbpf()).each([['--steering', 'consistent'], ['--observe-hash']])(
    '%s says in one sentence that eBPF may not be loaded, and starts nothing',
    async (...args) => {
      const { status, stdout, stderr } = await runTool(['run', ...args, '--no-save'], { unprivileged: true })
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toMatch(
        /^rpbench: --\S+( \S+)? needs an eBPF program, which this user may not load .*: run as root, or with CAP_BPF and CAP_NET_ADMIN\.\n$/,
      )
    },
  )
})
