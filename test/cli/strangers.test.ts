import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { runTool, Tool } from './tool.js'

afterEach(() => Tool.endAll())

const WITHOUT_SOCK_DIAG = [
  'python3',
  fileURLToPath(new URL('../system/without-sock-diag.py', import.meta.url)),
]

it('a run that cannot hear of sockets that close says so in a note', async () => {
  const args = ['run', '-p', '2', '-f', '100', '-d', '100ms', '--warmup', '50ms', '--no-save', '--json']
  const outcomes = [await runTool(args, { under: WITHOUT_SOCK_DIAG }), await runTool(args)]
  const notes = outcomes.map(({ stdout }) =>
    runResult.parse(JSON.parse(stdout)).validity.findings.filter(({ code }) => code === 'closings-unheard'),
  )
  expect(notes).toEqual([[expect.objectContaining({ severity: 'note' })], []])
})
