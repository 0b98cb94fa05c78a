import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/**
 * Makes an empty directory before each test of a file and removes it after it. What a file does after each test in
 * hooks declared below this one comes first, while the directory is still there.
 * @param onMade is told its path before the test
 */
export function useTemporaryDirectory(onMade: (path: string) => void): void {
  let path: string
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'rpbench-test-'))
    onMade(path)
  })
  afterEach(() => rmSync(path, { recursive: true }))
}
