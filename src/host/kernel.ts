import { release } from 'node:os'

/** Whether the running kernel calls itself this release or a later one. A vendor's may have been given more, or less. */
export function kernelAtLeast(major: number, minor: number): boolean {
  const [ours = 0, oursMinor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10))
  return ours > major || (ours === major && oursMinor >= minor)
}
