import { fileURLToPath } from 'node:url'

/** What runs a command to which the kernel refuses a system call, or a group of them. */
export function without(
  call: 'io_uring' | 'sendmmsg' | 'memfd_create' | 'socket' | 'getrusage' | 'link',
): string[] {
  return ['python3', fileURLToPath(new URL('without-system-calls.py', import.meta.url)), call]
}
