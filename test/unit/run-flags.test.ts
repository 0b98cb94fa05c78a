import { describe, expect, it } from 'vitest'
import { planRun } from '../../src/api/plan-run.js'
import { cpusAllowed } from '../../src/host/cpu-time.js'
import { ephemeralPortRange } from '../../src/host/limits.js'

describe('the flags of a run', () => {
  it('are read in the units that people write', () => {
    const cpu = cpusAllowed()[0]!
    const { plan } = planRun({
      procs: '3',
      flows: '1.5k',
      duration: '250ms',
      warmup: '0s',
      timeout: '2s',
      payload: '1K',
      'receive-buffer': '64K',
      'in-flight': '1e2',
      'source-ports': '20000-29999',
      'source-addresses': '127.0.0.1-127.0.0.3',
      host: '127.0.0.2',
      port: '7000',
      seed: '42',
      server: 'threads',
      workers: '2',
      'wave-size': '100',
      'pin-members': `${cpu},${cpu}`,
      'pin-workers': String(cpu),
    })
    expect(plan).toMatchObject({
      procs: 3,
      flows: 1500,
      durationNs: 250e6,
      warmupNs: 0,
      timeoutNs: 2e9,
      payloadBytes: 1024,
      receiveBufferBytes: 65_536,
      inFlight: 100,
      sourcePorts: [20_000, 29_999],
      sourceAddresses: ['127.0.0.1', '127.0.0.2', '127.0.0.3'],
      host: '127.0.0.2',
      port: 7000,
      seed: 42,
      server: 'threads',
      workers: 2,
      waveSize: 100,
      waves: 15,
      pinMembers: [cpu, cpu],
      pinWorkers: [cpu],
    })
  })

  it('are remembered as they were given, and only those that were', () => {
    expect(planRun({}).supplied).toEqual({})
    expect(planRun({ flows: '2k', duration: '1s' }).supplied).toEqual({ flows: '2k', duration: '1s' })
  })

  it('plan on the ports of this host where none are given', () =>
    expect(planRun({}).plan.sourcePorts).toEqual(ephemeralPortRange()))

  it.each([
    ['procs', '0'],
    ['procs', '257'],
    ['procs', 'x'],
    ['server', 'fibers'],
    ['dispatch', 'fanout'],
    ['host', 'localhost'],
    ['host', '127.0.0.1,127.0.0.2'],
    ['host', '::1%lo'],
    ['port', '65536'],
    ['receive-buffer', '1'],
    ['flows', '0'],
    ['flows', '1e9'],
    ['seed', '-1'],
    ['seed', '1e10'],
    ['source-ports', '9-3'],
    ['source-ports', '0-100'],
    ['source-ports', '1-70000'],
    ['source-addresses', '127.0.0.300'],
    ['wave-size', '0'],
    ['workers', '65'],
    ['in-flight', '0'],
    ['pin-members', 'all'],
    ['pin-workers', '1-0'],
    ['pin-workers', '1023'],
    ['duration', '5'],
    ['duration', '0s'],
    ['requests', '0'],
    ['warmup', '-1s'],
    ['payload', '55'],
    ['payload', '65508'],
    ['timeout', '0ms'],
  ] as const)('name themselves when wrong: --%s %s', (flag, text) => {
    let caught: unknown
    try {
      planRun({ [flag]: text })
    } catch (error) {
      caught = error
    }
    expect(caught).toMatchObject({
      code: 'RPB_USAGE',
      message: expect.stringMatching(new RegExp(`^--${flag}\\b.*\\.$`)) as string,
    })
  })
})
