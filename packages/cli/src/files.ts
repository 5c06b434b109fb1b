/**
 * How do bytes get in and out? Whole files only: input is read up to a limit, output goes to a
 * temporary file beside its target, reaches the disk, and takes the target's name in one step.
 * Without --force that step is a hard link, which fails where the name is taken.
 *
 *   out.png  ←  .stridefold-9f1c….tmp   made exclusively, for its owner only, under a name that
 *                                       nobody can foretell; gets the mode of what it replaces.
 *                                       Removed on failure and on Ctrl-C
 */

import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { link, open, rename, unlink } from 'node:fs/promises'
import { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { finished } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { inputError, codeOf, type Failure, runtimeError, usageError } from './failure.ts'
import { absolutePath, type Io, write } from './io.ts'
import { byteSize } from './units.ts'

/** More than this is not read. */
const maxInputBytes = 2 ** 31

/**
 * `path`, or '-' where it is a system's own name for stdin or stdout: what is behind such a name
 * may be a socket, which nobody can open again, or a file, which is not meant to be replaced.
 */
const dashIfStandard = (path: string, names: readonly string[]): string =>
  names.includes(path) ? '-' : path

export const inputPath = (path: string): string =>
  dashIfStandard(path, ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])

export const outputPath = (path: string): string =>
  dashIfStandard(path, ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])

/**
 * The bytes of a file, or of stdin for `-`. Throws where there are none, more than `most`, or no
 * permission.
 */
export async function readInput(
  argument: string,
  io: Io,
  maxBytes: number = maxInputBytes,
): Promise<Uint8Array> {
  const path = inputPath(argument)
  const name = inputName(path)
  const fromStdin = path === '-'
  if (fromStdin && io.stdin.isTTY)
    throw usageError("'-' reads stdin, which is the terminal. Pipe a picture into the command.")
  const stream = fromStdin ? io.stdin : fs.createReadStream(absolutePath(path, io))
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > maxBytes)
        throw inputError(
          `${name} holds more than ${byteSize(maxBytes)}, which is the most that is read of it.`,
        )
    }
  } catch (error) {
    throw codeOf(error) === '' ? error : readFailure(name, error)
  } finally {
    if (!fromStdin) stream.destroy()
  }
  if (bytes === 0) throw inputError(`${name} is empty: it holds 0 bytes.`)
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
  ELOOP: 'is a link that leads back to itself',
}

function readFailure(name: string, error: unknown): Failure {
  return inputError(
    `${name} ${readProblems[codeOf(error)] ?? `cannot be read (${messageOf(error)})`}.`,
    error,
  )
}

/**
 * Throws at once what `writeOutput` would only find after the work: a name that is taken, a folder
 * that is missing or closed.
 */
export function checkOutput(argument: string, force: boolean, io: Io): void {
  const path = outputPath(argument)
  if (path === '-') {
    if (io.stdout.isTTY)
      throw usageError(
        "'-o -' writes to stdout, which is the terminal. Redirect it into a file or a pipe.",
      )
    return
  }
  const { target, existing } = outputTarget(path, io)
  if (existing?.isDirectory())
    throw usageError(`${path} is a folder. Name a file in it: -o ${join(path, 'out.png')}.`)
  if (existing && !existing.isFile()) return
  if (existing && !force) throw existsError(path)
  try {
    fs.accessSync(dirname(target), fs.constants.W_OK | fs.constants.X_OK)
  } catch (error) {
    throw writeFailure(path, error)
  }
}

/** Writes a file whole or not at all; `-` is stdout. A device or pipe is written to as it is. */
export async function writeOutput(
  argument: string,
  bytes: Uint8Array,
  force: boolean,
  io: Io,
): Promise<void> {
  const path = outputPath(argument)
  if (path === '-') return write(io.stdout, bytes)
  const { target, existing } = outputTarget(path, io)
  try {
    if (existing?.isFIFO()) await writeIntoPipe(target, bytes)
    else if (existing && !existing.isFile()) await writeThrough(target, bytes)
    else
      await io.undoOnInterrupt(removeTemporaries, () =>
        writeWhole(target, bytes, force ? existing : undefined, force),
      )
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? existsError(path) : writeFailure(path, error)
  }
}

export interface OutputTarget {
  /** Where the path leads when it is a link, so that the link survives. */
  readonly target: string
  /** What is there. */
  readonly existing?: fs.Stats
}

/**
 * Where something is to be written. Refuses a link that leads nowhere: whose name would it take?
 */
export function outputTarget(path: string, io: Io): OutputTarget {
  const argument = absolutePath(path, io)
  try {
    const existing = fs.statSync(argument, { throwIfNoEntry: false })
    if (existing) return { target: realPath(argument), existing }
    if (!fs.lstatSync(argument, { throwIfNoEntry: false })) return { target: argument }
    throw runtimeError(
      `${path} is a link to ${fs.readlinkSync(argument)}, which does not exist. Remove the ` +
        'link, or name the file that is meant.',
    )
  } catch (error) {
    throw codeOf(error) === '' ? error : writeFailure(path, error)
  }
}

/** A pipe that a link such as /dev/stdout leads to has no path of its own. */
function realPath(path: string): string {
  try {
    return fs.realpathSync.native(path)
  } catch {
    return path
  }
}

async function writeWhole(
  target: string,
  bytes: Uint8Array,
  replaced: fs.Stats | undefined,
  force: boolean,
): Promise<void> {
  const temporary = createTemporary(dirname(target))
  try {
    try {
      await writeAll(temporary.file, bytes)
      await copyMode(temporary.file, replaced)
      await sync(temporary.file)
    } finally {
      await close(temporary.file)
    }
    if (force) await rename(temporary.path, target)
    else await renameIfFree(temporary.path, target)
  } finally {
    await unlink(temporary.path).catch(() => {})
    forgetTemporary(temporary.path)
  }
}

const writeSome = promisify(fs.write)
const sync = promisify(fs.fsync)
const close = promisify(fs.close)
const changeMode = promisify(fs.fchmod)
const changeOwner = promisify(fs.fchown)

async function writeAll(file: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; )
    at += (await writeSome(file, bytes, at, bytes.length - at)).bytesWritten
}

/**
 * The mode, and if possible the owner, of the file that is replaced; those of any new file where
 * there is none.
 */
async function copyMode(file: number, replaced: fs.Stats | undefined): Promise<void> {
  if (replaced && (replaced.uid !== process.getuid?.() || replaced.gid !== process.getgid?.())) {
    // Only root may give files away. Whoever else may write the folder keeps the new file.
    await changeOwner(file, replaced.uid, replaced.gid).catch(() => {})
  }
  await changeMode(file, replaced ? replaced.mode & 0o777 : 0o666 & ~process.umask())
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, fs.constants.O_WRONLY)
  try {
    await file.writeFile(bytes)
    await file.sync().catch((error) => {
      // Some devices cannot be synced, which says nothing about their contents.
      if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(codeOf(error))) throw error
    })
  } finally {
    await file.close()
  }
}

/** Waits for a reader as a shell does, and for room, but on no thread: Ctrl-C ends it at once. */
async function writeIntoPipe(path: string, bytes: Uint8Array): Promise<void> {
  let file: number | undefined
  while (file === undefined) {
    try {
      file = fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)
    } catch (error) {
      // No reader yet.
      if (codeOf(error) !== 'ENXIO') throw error
      await setTimeout(50)
    }
  }
  const pipe = new Socket({ fd: file, readable: false, writable: true })
  await finished(pipe.end(bytes), { readable: false })
}

const noHardLinkCodes = ['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK', 'EACCES']

async function renameIfFree(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (!noHardLinkCodes.includes(codeOf(error))) throw error
    // A file system without hard links: whoever makes the empty file first has the name.
    fs.closeSync(fs.openSync(to, 'wx', 0o600))
    await rename(from, to).catch(async (reason) => {
      await unlink(to)
      throw reason
    })
  }
}

const temporaries = new Set<string>()

const temporaryPath = (folder: string): string =>
  join(folder, `.stridefold-${randomBytes(12).toString('hex')}.tmp`)

/**
 * An empty file of nobody else's. Made without a pause, so that an interrupt finds it either unmade
 * or known.
 */
function createTemporary(folder: string): { readonly path: string; readonly file: number } {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = fs.constants
  const path = temporaryPath(folder)
  const file = fs.openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  temporaries.add(path)
  return { path, file }
}

/** The same as a folder, made inside `folder`. */
export function createTemporaryFolder(folder: string): string {
  const path = temporaryPath(folder)
  fs.mkdirSync(path, 0o700)
  temporaries.add(path)
  return path
}

/** What has got its final name, or was removed, is not temporary any more. */
export const forgetTemporary = (path: string): void => void temporaries.delete(path)

/** Removes what an interrupted write has left. */
export function removeTemporaries(): void {
  for (const path of temporaries) {
    try {
      fs.rmSync(path, { recursive: true })
    } catch {
      // It has just got its final name: then it is whole.
    }
  }
  temporaries.clear()
}

const existsError = (path: string): Failure =>
  runtimeError(`${path} exists already. Give another name, or --force to replace it.`)

const writeProblems: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it would be too large for the file system',
  EPIPE: 'whoever read it has left',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'it is a link that leads back to itself',
}

/** A system's error about `path` as one sentence. */
export function writeFailure(path: string, error: unknown): Failure {
  return runtimeError(
    `${path} cannot be written: ${writeProblems[codeOf(error)] ?? messageOf(error)}. Nothing ` +
      'was left there.',
    error,
  )
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
