import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { usageError } from '../errors.js'
import { addon } from '../native.js'

/**
 * The right to replace a file, for one process at a time: until it lets go, or ends in whatever way. It is held of the file
 * (flock) and not of its name, so that whoever replaces it must have it of the new one before that takes the name.
 */
export class FileLock {
  #fd: number | undefined

  private constructor(fd: number) {
    this.#fd = fd
  }

  /**
   * That of the file that has this name. Where the file system has no locks, nothing keeps others away.
   * @throws RpbenchError RPB_USAGE where another process has it; Node's error where the file cannot be opened
   */
  static take(path: string): FileLock {
    for (;;) {
      const fd = openSync(path, 'r')
      if (addon.lockFile(fd) === -constants.errno.EWOULDBLOCK) {
        closeSync(fd)
        throw usageError(
          `${path} is being written by another rpbench: wait until it has ended, or stop it, which keeps its runs.`,
        )
      }
      // Another may have put a new file in its place between the opening and the locking.
      if (fstatSync(fd).ino === statSync(path).ino) return new FileLock(fd)
      closeSync(fd)
    }
  }

  release(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}
