import { expect, it } from 'vitest'
import { renderSelectorsText } from '../../src/report/selectors/text.js'
import { sampleResult } from './sample-result.js'

const result = {
  schema: 'rpbench/verify@1' as const,
  tool: { name: 'rpbench' as const, version: '0.1.0' },
  host: { ...sampleResult().host, kernel: '6.18.44' },
  startedAt: '2026-11-22T10:13:00.000Z',
  cases: [
    { id: 'reattach', outcome: 'pass' as const, why: 'a program replaces that of the whole group' },
    { id: 'sockarray', outcome: 'not-possible' as const, why: 'this user may not load eBPF: run as root' },
    { id: 'detach', outcome: 'fail' as const, why: 'datagram 3 went to socket 1 instead of socket 2' },
  ],
}

it('the battery reads like this', () =>
  expect(renderSelectorsText(result, { columns: 100, color: false })).toBe(
    `rpbench verify selectors   Linux 6.18.44

 pass      reattach   a program replaces that of the whole group
 not here  sockarray  this user may not load eBPF: run as root
 FAIL      detach     datagram 3 went to socket 1 instead of socket 2

 3 cases: 1 passed · 1 failed · 1 not possible here
`,
  ))
