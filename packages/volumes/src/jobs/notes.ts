/**
 * Small files beside a result, in a hidden folder: boxes that failed, how fast each run is, and of
 * a single file whose result it is. Whoever reads them needs no coordinator.
 *
 *   .out.zarr.stridefold/failed-17.json     box 17 could not be read, and why
 *   .out.zarr.stridefold/run-5f0c….json     boxes of a process so far, written every few seconds
 *   .out.npy.stridefold/done.json           the job of the finished file
 */

import { statElements } from '../arrays/npy/unfinished.ts'
import type { Range } from '../arrays/stored-array.ts'
import { fs, path as paths, randomName } from '../arrays/stores/host.ts'
import { codeOf } from '../arrays/stores/system-errors.ts'
import { pathOf } from './job.ts'

export interface FailedBox {
  readonly index: number
  readonly box: readonly Range[]
  readonly message: string
}

/** What a process has done so far. */
export interface RunNote {
  /** Milliseconds since 1970. */
  readonly started: number
  readonly updated: number
  readonly task: number
  readonly of: number
  readonly boxes: number
  readonly seconds: number
}

export interface DoneNote {
  readonly hash: string
  readonly form: unknown
  readonly bytes: number
  readonly modified: number
}

/** The folder of notes; undefined for a result in a network. */
export function notesFolder(address: string): string | undefined {
  const path = pathOf(address)
  if (path === undefined) return undefined
  const { basename, dirname, join, resolve } = paths()
  const whole = resolve(path)
  return join(dirname(whole), `.${basename(whole)}.stridefold`)
}

const failedName = (index: number): string => `failed-${index}.json`

export const noteFailure = (address: string, failed: FailedBox): Promise<void> =>
  writeNote(address, failedName(failed.index), failed)

/** Removes the note of a box that is done now. */
export async function forgetFailure(address: string, index: number): Promise<void> {
  const folder = notesFolder(address)
  if (folder !== undefined) await fs().rm(paths().join(folder, failedName(index)), { force: true })
}

/** The boxes that failed, by number. */
export async function readFailures(address: string): Promise<FailedBox[]> {
  const notes = await readNotes(address, /^failed-\d+\.json$/)
  return (notes as FailedBox[]).sort((a, b) => a.index - b.index)
}

/** A function that notes how far this process is, at most every few seconds. */
export function runNoter(
  address: string,
  { task, of }: { readonly task: number; readonly of: number },
): (boxes: number) => Promise<void> {
  const name = `run-${randomName()}.json`
  const started = Date.now()
  let last = 0
  return async (boxes) => {
    const updated = Date.now()
    if (updated - last < notePeriod) return
    last = updated
    const seconds = (updated - started) / 1000
    await writeNote(address, name, { started, updated, task, of, boxes, seconds })
  }
}

const notePeriod = 2000

export const readRuns = (address: string): Promise<RunNote[]> =>
  readNotes(address, /^run-[\da-f]+\.json$/) as Promise<RunNote[]>

/**
 * Removes notes that a finished result does not need. Another process may do the same, or note that
 * the file is finished: its note stays, and so does the folder then.
 */
export async function clearNotes(address: string): Promise<void> {
  const folder = notesFolder(address)
  if (folder === undefined) return
  const names = await fs()
    .readdir(folder)
    .catch(() => [] as string[])
  for (const name of names.filter((name) => /^\.?(failed|run)-/.test(name)))
    await fs().rm(paths().join(folder, name), { force: true })
  await fs()
    .rmdir(folder)
    .catch(() => {})
}

/**
 * Notes whose job a file of finished elements is. A file keeps its time of change when it gets its
 * name. So the note is written before: whenever the file is there, its note is, too.
 */
export async function noteDone(address: string, hash: string, form: unknown): Promise<void> {
  const { size: bytes, mtimeMs: modified } = await statElements(pathOf(address)!)
  await writeNote(address, 'done.json', { hash, form, bytes, modified } satisfies DoneNote)
}

export async function readDone(address: string): Promise<DoneNote | undefined> {
  const [done] = await readNotes(address, /^done\.json$/)
  return done as DoneNote | undefined
}

async function writeNote(address: string, name: string, note: object): Promise<void> {
  const folder = notesFolder(address)
  if (folder === undefined) return
  const { join } = paths()
  const temporary = join(folder, `.${name}.${randomName()}`)
  for (let left = attempts; ; left--) {
    try {
      await fs().mkdir(folder, { recursive: true })
      await fs().writeFile(temporary, `${JSON.stringify(note)}\n`)
      return await fs().rename(temporary, join(folder, name))
    } catch (error) {
      if (left === 1 || codeOf(error) !== 'ENOENT') throw error
    }
  }
}

/** A process that has finished removes the folder, at any moment. */
const attempts = 10

/** The notes with such names. What another process removes meanwhile is left out. */
async function readNotes(address: string, names: RegExp): Promise<unknown[]> {
  const folder = notesFolder(address)
  if (folder === undefined) return []
  const files = await fs()
    .readdir(folder)
    .catch(() => [] as string[])
  const notes: unknown[] = []
  for (const name of files.filter((name) => names.test(name))) {
    try {
      notes.push(JSON.parse(await fs().readFile(paths().join(folder, name), 'utf8')))
    } catch {
      // Removed, or damaged: a note is never needed for a result.
    }
  }
  return notes
}
