import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { addon, checked, launcherPath } from '../native.js'

/** Set by native/src/own_network.c: the inode of the network namespace that was made for this process. */
const MARK = 'RPBENCH_OWN_NETWORK'

/** What it is made for, as the launcher knows it: a TUN device can be had, or all addresses of a network of IPv6 are local. */
type OwnNetwork = 'tun' | 'ipv6'

/** Whether this process is in a network namespace that was made for it. */
export function isInOwnNetwork(): boolean {
  try {
    return process.env[MARK] === String(statSync('/proc/self/ns/net').ino)
  } catch {
    return false
  }
}

/** What may help, by what the launcher says that failed. */
const AFTER: Readonly<Record<string, string>> = {
  'making a user namespace':
    'user namespaces are switched off here, or forbidden as the seccomp profiles of many containers do',
  'naming the user of a user namespace': 'user namespaces are restricted here (AppArmor, or a policy)',
  'keeping the rights in a user namespace': 'user namespaces are restricted here (AppArmor, or a policy)',
  'making a network of IPv6': 'IPv6 is switched off here',
  'opening /dev/net/tun': 'it takes the module tun, and a device that this user may open',
}

/** Why this user cannot have a network namespace for this, as half a sentence; undefined where he can. */
export function ownNetworkRefusal(network: OwnNetwork): string | undefined {
  const { status, error, stderr } = spawnSync(launcherPath(), ['network', network], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status === 0) return undefined
  const [, why = error?.message ?? 'its launcher could not be started'] =
    /^Error: (.*)$/m.exec(stderr ?? '') ?? []
  const after = Object.entries(AFTER).find(([what]) => why.startsWith(what))
  return after === undefined ? why : `${why}: ${after[1]}`
}

/**
 * Starts what this process runs anew, in this very process, in a network namespace of its own.
 * @throws SystemError where that fails
 */
export function enterOwnNetwork(network: OwnNetwork): never {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const words = [launcherPath(), 'network', network, ...command].map((word) => `${word}\0`)
  checked(addon.becomeProgram(Buffer.from(words.join(''))), 'execve')
  throw new Error('a program that another took the place of')
}
