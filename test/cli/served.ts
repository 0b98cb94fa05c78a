import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../system/process-table.js'
import { Tool, type ToolOptions } from './tool.js'

export const TOKEN = '0123456789abcdef0123'

/** A group that `rpbench serve` runs, once it has said where. */
export interface Served {
  tool: Tool
  port: number
  controlPort: number
}

/** Starts a group on free ports, whose token is in a file of `directory`, and waits until it serves. */
export async function startServe(
  directory: string,
  flags: readonly string[] = [],
  options: ToolOptions = {},
  control: readonly string[] = ['--control-port', '0'],
): Promise<Served> {
  const file = join(directory, 'token')
  writeFileSync(file, `${TOKEN}\n`)
  const ports = ['--port', '0', ...control, '--token-file', file]
  const tool = new Tool(['serve', '-p', '2', ...ports, ...flags], options)
  const [, port, controlPort] = await until('it serves', () => {
    if (!tool.running) throw new Error(`serve ended: ${tool.written.stderr}${tool.written.stdout}`)
    const said = tool.written.stdout + tool.written.stderr
    // The client's command comes last.
    return (said.includes('rpbench run') && /udp \S+:(\d+) [^]* tcp \S+:(\d+)/.exec(said)) || undefined
  })
  return { tool, port: Number(port), controlPort: Number(controlPort) }
}

/** What a client does where a test says nothing else. */
const USUAL: readonly (readonly [flag: string, value: string])[] = [
  ['-f', '100'],
  ['-d', '300ms'],
  ['--warmup', '100ms'],
]

/** The arguments of a client's run on it. */
export const runOn = (
  { port, controlPort }: Pick<Served, 'port' | 'controlPort'>,
  flags: readonly string[] = [],
  address = '127.0.0.1',
): string[] => [
  'run',
  '--target',
  `${address}:${port}`,
  '--protocol',
  'echo',
  '--control-port',
  String(controlPort),
  ...USUAL.filter(
    ([flag]) => !flags.includes(flag) && !(flag === '-d' && flags.includes('--requests')),
  ).flat(),
  '--no-save',
  '--quiet',
  ...flags,
]

export const WITH_TOKEN: ToolOptions = { env: { RPBENCH_TOKEN: TOKEN } }
