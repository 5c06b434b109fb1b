/**
 * How do bytes get in and out? Whole files only: input is read up to a limit, output goes to a temporary file beside its target,
 * reaches the disk, and takes the target's name in one step. Without --force that step is a hard link, which fails where the name is taken.
 *
 *   out.png  ←  .out.png.4711-1.tmp   (removed on failure and on Ctrl-C)
 */

import { accessSync, closeSync, constants, createReadStream, openSync, realpathSync, type Stats, statSync, unlinkSync } from 'node:fs'
import { access, link, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { badInput, codeOf, type Failure, failed, usage } from './failure.ts'
import { absolute, type Io, write } from './io.ts'

/** More than this is not read. */
const MOST_BYTES = 2 ** 31

/**
 * `path`, or '-' where it is a system's own name for stdin or stdout: what is behind such a name may be a socket, which nobody can open
 * again, or a file, which is not meant to be replaced.
 */
const standard = (path: string, names: readonly string[]): string => (names.includes(path) ? '-' : path)

export const inputPath = (path: string): string => standard(path, ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])

export const outputPath = (path: string): string => standard(path, ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])

/** The bytes of a file, or of stdin for `-`. Throws where there are none, too many, or no permission. */
export async function readInput(given: string, io: Io): Promise<Uint8Array> {
  const path = inputPath(given)
  const name = inputName(path)
  const fromStdin = path === '-'
  if (fromStdin && io.stdin.isTTY) throw usage("'-' reads stdin, which is the terminal. Pipe a picture into the command.")
  const stream = fromStdin ? io.stdin : createReadStream(absolute(path, io))
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > MOST_BYTES) throw badInput(`${name} holds more than 2 GiB, which is the most that is read at once.`)
    }
  } catch (error) {
    throw codeOf(error) === '' ? error : unreadable(name, error)
  } finally {
    if (!fromStdin) stream.destroy()
  }
  if (bytes === 0) throw badInput(`${name} is empty: it holds 0 bytes.`)
  return Buffer.concat(chunks, bytes)
}

export const inputName = (path: string): string => (path === '-' ? 'stdin' : path)

const readProblems: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  EISDIR: 'is a folder; a file is needed',
  EACCES: 'may not be read: permission denied',
  EPERM: 'may not be read: permission denied',
  ENAMETOOLONG: 'has too long a name',
}

function unreadable(name: string, error: unknown): Failure {
  return badInput(`${name} ${readProblems[codeOf(error)] ?? `cannot be read (${messageOf(error)})`}.`, error)
}

/** Throws at once what `writeOutput` would only find after the work: a name that is taken, a folder that is missing or closed. */
export function checkOutput(given: string, force: boolean, io: Io): void {
  const path = outputPath(given)
  if (path === '-') {
    if (io.stdout.isTTY) throw usage("'-o -' writes to stdout, which is the terminal. Redirect it into a file or a pipe.")
    return
  }
  const target = targetOf(absolute(path, io))
  const existing = statOf(target)
  if (existing?.isDirectory()) throw usage(`${path} is a folder. Name a file in it: -o ${join(path, 'out.png')}.`)
  if (existing && !existing.isFile()) return
  if (existing && !force) throw taken(path)
  try {
    accessSync(dirname(target), constants.W_OK | constants.X_OK)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Writes a file whole or not at all; `-` is stdout. A device or pipe is written to as it is. */
export async function writeOutput(given: string, bytes: Uint8Array, force: boolean, io: Io): Promise<void> {
  const path = outputPath(given)
  if (path === '-') return write(io.stdout, bytes)
  const target = targetOf(absolute(path, io))
  try {
    const existing = statOf(target)
    if (existing && !existing.isFile()) await writeThrough(target, bytes)
    else await io.undone(removeTemporaries, () => writeWhole(target, bytes, force))
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? taken(path) : unwritable(path, error)
  }
}

async function writeWhole(target: string, bytes: Uint8Array, force: boolean): Promise<void> {
  const temporary = createTemporary(target)
  try {
    await writeThrough(temporary, bytes)
    if (force) await rename(temporary, target)
    else await renameIfFree(temporary, target)
  } finally {
    await unlink(temporary).catch(() => {})
    temporaries.delete(temporary)
  }
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+').catch(() => open(path, 'w'))
  try {
    await file.writeFile(bytes)
    await file.sync().catch((error) => {
      // Pipes and some devices cannot be synced, which says nothing about their contents.
      if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(codeOf(error))) throw error
    })
  } finally {
    await file.close()
  }
}

const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK', 'EACCES']

async function renameIfFree(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (!WITHOUT_LINKS.includes(codeOf(error))) throw error
    // A file system without hard links: as good as it gets there.
    if (await exists(to)) throw Object.assign(new Error('exists'), { code: 'EEXIST' })
    await rename(from, to)
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const temporaries = new Set<string>()

/** An empty file beside the target. Made without a pause, so that an interrupt finds it either unmade or known. */
function createTemporary(target: string): string {
  const path = join(dirname(target), `.${basename(target)}.${process.pid}-${temporaries.size + 1}.tmp`)
  closeSync(openSync(path, 'wx'))
  temporaries.add(path)
  return path
}

/** Removes what an interrupted write has left. */
function removeTemporaries(): void {
  for (const path of temporaries) {
    try {
      unlinkSync(path)
    } catch {
      // It has just got its final name: then it is whole.
    }
  }
  temporaries.clear()
}

/** Where a path leads when it is a link, so that the link survives. */
function targetOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

const taken = (path: string): Failure => failed(`${path} exists already. Give another name, or --force to replace it.`)

const writeProblems: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it would be too large for the file system',
  ENAMETOOLONG: 'its name is too long',
}

function unwritable(path: string, error: unknown): Failure {
  return failed(`${path} cannot be written: ${writeProblems[codeOf(error)] ?? messageOf(error)}. Nothing was left there.`, error)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
