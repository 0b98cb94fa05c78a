import { execFileSync, spawnSync } from 'node:child_process'
import { launcherPath } from '../../src/native.js'

/** Whether this user may have a network namespace of its own, with a TUN device. */
export const mayHaveDevice = (): boolean => spawnSync(launcherPath(), ['network']).status === 0

/** What a script of ours prints there. */
export const runInOwnNetwork = (script: string, ...words: string[]): string =>
  execFileSync(launcherPath(), ['network', process.execPath, script, ...words], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
