import { spawnSync } from 'node:child_process'

/** What runs a command in a network namespace of its own, where `lo` is up and `setUp` was run. */
export function inNamespace(setUp = 'true', afterwards = 'true'): string[] {
  const script = `ip link set lo up && ${setUp} || exit 70; "$@"; status=$?; ${afterwards}; exit $status`
  return ['unshare', '--net', 'sh', '-c', script, 'sh']
}

/** Whether this user may have one: root, or who has CAP_SYS_ADMIN. */
export const mayHaveNamespace = (): boolean =>
  spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0
