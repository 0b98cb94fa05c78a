import { link, mkdir, open, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { RpbenchError } from '../errors.js'
import { codeOf, reasonOf } from './file-errors.js'
import { FileLock } from './file-lock.js'

/** What link() fails with on a file system without links. */
const NO_LINKS = new Set<string | undefined>(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** What a file is to hold: at once, or piece by piece. */
type Text = string | Iterable<string>

/** The words where files cannot be written: what, where, and what to try. */
interface Refusal {
  subject: string
  place: string
  advice: string
}

/**
 * The files of one result. Whoever looks finds each of them whole, as it was before, or not there: they are written under
 * another name beside their place, and take it at once. Nothing is left of a process that is killed but such a name. Who has
 * written them holds the lock of the first, so that nobody else goes on with them meanwhile.
 */
export class FileSet {
  readonly #directory: string
  readonly #stem: string
  readonly #endings: readonly string[]
  /** files that are being written */
  readonly #parts = new Set<string>()
  /** where they are to be, or are */
  #places: readonly string[]
  /** which of them are there */
  readonly #there = new Set<number>()
  #lock: FileLock | undefined
  /** what cannot be written, where none of them can, and what to try then */
  readonly #refusal: Refusal

  private constructor(
    stem: string,
    endings: readonly string[],
    { places = [], refusal }: { places?: string[]; refusal?: Refusal } = {},
  ) {
    this.#directory = dirname(stem)
    this.#stem = basename(stem)
    this.#endings = endings
    this.#places = places
    this.#refusal = refusal ?? {
      subject: 'Results',
      place: ` to ${this.#directory}`,
      advice: 'name another directory with --output',
    }
  }

  /**
   * For a new result, in a directory that is made for it, so that a bad path fails before anything runs. Names carry the
   * start in UTC, and `-2`, `-3` … where another run has them.
   * @throws RpbenchError RPB_OUTPUT
   */
  static async open(options: {
    directory: string
    startedAt: Date
    kind: string
    endings: readonly string[]
  }): Promise<FileSet> {
    const { directory, startedAt, kind, endings } = options
    const stem = `${startedAt.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${kind}`
    return new FileSet(join(directory, stem), endings).#tried(() => makeDirectory(directory))
  }

  /**
   * For a result that is saved already, and is to be replaced.
   * @param lock of its first file
   * @throws RpbenchError RPB_OUTPUT
   */
  static async at(stem: string, endings: readonly string[], lock?: FileLock): Promise<FileSet> {
    const places = endings.map((ending) => stem + ending)
    const files = new FileSet(stem, endings, { places })
    files.#lock = lock
    for (const i of endings.keys()) files.#there.add(i)
    return files.#tried(() => Promise.resolve())
  }

  /**
   * For a single file that the user named; what it holds is replaced. Only a plain file is: a device, a pipe or a directory of
   * that name stays what it is.
   * @param flag which named it, such as `--hgrm`
   * @throws RpbenchError RPB_OUTPUT
   */
  static async named(path: string, flag: string): Promise<FileSet> {
    const refusal = { subject: path, place: '', advice: `name another file with ${flag}` }
    const files = new FileSet(path, [''], { places: [path], refusal })
    return files.#tried(async () => {
      const there = await stat(path).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error
      })
      if (there?.isDirectory()) throw new Error('it is a directory')
      if (there && !there.isFile()) throw new Error('it is no plain file')
    })
  }

  /** Where the files are that were saved; empty until then. */
  get paths(): readonly string[] {
    return this.#places.filter((_, i) => this.#there.has(i))
  }

  /**
   * Writes all files, in the order of the endings; what cannot be written leaves the others as they should be.
   * @throws RpbenchError RPB_NOT_WRITTEN naming the first file that could not be written
   */
  async save(texts: readonly Text[]): Promise<void> {
    const written: number[] = []
    let lock: FileLock | undefined
    // Somebody may have removed it since; where it cannot be made, the files say so.
    await makeDirectory(this.#directory).catch(() => {})
    let failure: RpbenchError | undefined
    for (const [i, text] of texts.entries()) {
      try {
        await this.#write(this.#partOf(i), text)
        written.push(i)
      } catch (error) {
        await this.#remove(this.#partOf(i))
        this.#there.delete(i)
        failure ??= this.#notWritten(this.#places[i] ?? this.#pathOf(i), error)
      }
    }
    try {
      if (written.includes(0)) lock = FileLock.take(this.#partOf(0))
      if (this.#places.length === 0) await this.#place(written)
      else for (const i of written) await rename(this.#partOf(i), this.#places[i]!)
    } catch (error) {
      lock?.release()
      await Promise.all(written.map((i) => this.#remove(this.#partOf(i))))
      this.#there.clear()
      throw this.#notWritten(this.#places[0] ?? this.#pathOf(0), error)
    }
    if (lock) {
      this.#lock?.release()
      this.#lock = lock
    }
    for (const i of written) this.#there.add(i)
    this.#parts.clear()
    if (failure) throw failure
  }

  /** Removes what is only written in part. Synchronous: for the last moment of the process. */
  abandon(): void {
    for (const part of this.#parts) rmSync(part, { force: true })
  }

  #pathOf(i: number, attempt = 1): string {
    return join(
      this.#directory,
      `${this.#stem}${attempt === 1 ? '' : `-${attempt}`}${this.#endings[i] ?? ''}`,
    )
  }

  #partOf(i: number): string {
    return `${this.#pathOf(i)}.${process.pid}.part`
  }

  #notWritten(path: string, error: unknown): RpbenchError {
    return new RpbenchError(
      'RPB_NOT_WRITTEN',
      `${path} could not be written: ${reasonOf(error)}; make room, or ${this.#refusal.advice}.`,
      { cause: error },
    )
  }

  /** This, if files can be written here. */
  async #tried(prepare: () => Promise<void>): Promise<this> {
    const trial = this.#partOf(0)
    try {
      await prepare()
      await this.#write(trial, '')
      await this.#remove(trial)
    } catch (error) {
      const { subject, place, advice } = this.#refusal
      throw new RpbenchError(
        'RPB_OUTPUT',
        `${subject} cannot be written${place}: ${workingDirectoryIsGone() ? 'the working directory is gone' : reasonOf(error)}; ${advice}.`,
        { cause: error },
      )
    }
    return this
  }

  async #write(path: string, text: Text): Promise<void> {
    this.#parts.add(path)
    await writeFile(path, text)
  }

  async #remove(part: string): Promise<void> {
    await rm(part, { force: true })
    this.#parts.delete(part)
  }

  /**
   * Gives what was written names that are free. A link, unlike a renaming, never takes the place of another file; where there
   * are none, an empty file keeps the name for it.
   */
  async #place(written: readonly number[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const places = this.#endings.map((_, i) => this.#pathOf(i, attempt))
      const kept: { part: string; place: string; linked: boolean }[] = []
      try {
        for (const i of written) {
          const [part, place] = [this.#partOf(i), places[i]!]
          kept.push({ part, place, linked: await keepName(part, place) })
        }
      } catch (error) {
        await Promise.all(kept.map(({ place }) => unlink(place)))
        if (codeOf(error) === 'EEXIST') continue
        throw error
      }
      for (const { part, place, linked } of kept) await (linked ? unlink(part) : rename(part, place))
      this.#places = places
      return
    }
  }
}

/** Takes a name that is free. @returns whether what was written has it already; @throws EEXIST where it is not free */
async function keepName(part: string, place: string): Promise<boolean> {
  try {
    await link(part, place)
    return true
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error))) throw error
    await (await open(place, 'wx')).close()
    return false
  }
}

function workingDirectoryIsGone(): boolean {
  try {
    process.cwd()
    return false
  } catch {
    return true
  }
}

/** Not mkdir's own `recursive`: on Node 20 that never returns below /proc, where the parent exists and yet ENOENT comes. */
async function makeDirectory(directory: string, parentMade = false): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return
    const parent = dirname(directory)
    if (code !== 'ENOENT' || parentMade || parent === directory) throw error
    await makeDirectory(parent)
    await makeDirectory(directory, true)
  }
}
