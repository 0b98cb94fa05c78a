import { fileURLToPath } from 'node:url'

const WRAPPER = fileURLToPath(new URL('without-system-calls.py', import.meta.url))

/** Groups of system calls that are refused together. */
const GROUPS = {
  io_uring: 'io_uring_setup,io_uring_enter,io_uring_register',
  link: 'link,linkat',
  // socket(AF_NETLINK, …)
  netlink: 'socket:0=16',
} as const

/**
 * What runs a command to which the kernel refuses a system call, or a group of them.
 * @param once a file: they are refused only when it is there
 */
export function without(
  call: string,
  { error = 'EPERM', once }: { error?: string; once?: string } = {},
): string[] {
  const calls = Object.hasOwn(GROUPS, call) ? GROUPS[call as keyof typeof GROUPS] : call
  return ['python3', WRAPPER, '--error', error, ...(once === undefined ? [] : ['--once', once]), calls]
}
