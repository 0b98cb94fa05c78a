import { execFileSync, spawnSync } from 'node:child_process'
import type { OwnNetwork } from '../../src/plan/own-network.js'
import { launcherPath } from '../../src/native.js'

/** Whether this user may have a network namespace of its own for this. */
export const mayHaveNetwork = (network: OwnNetwork): boolean =>
  spawnSync(launcherPath(), ['network', network]).status === 0

/** What a script of ours prints there. */
export const runInOwnNetwork = (network: OwnNetwork, script: string, ...words: string[]): string =>
  execFileSync(launcherPath(), ['network', network, process.execPath, script, ...words], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
