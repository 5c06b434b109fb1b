/**
 * Writes whole files. Output goes to a temporary file beside its target, is synced to the disk, and
 * then takes the name of the target in one step. Without --force this step is a hard link, which
 * fails if the name exists.
 *
 *   out.png  ←  .stridefold-9f1c….tmp   created exclusively, for its owner only; random name;
 *                                       gets the mode of the file that it replaces;
 *                                       removed on failure and on Ctrl-C
 */

import * as fs from 'node:fs'
import { link, open, rename, unlink } from 'node:fs/promises'
import { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { finished } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { codeOf, type Failure, messageOf, runtimeError, usageError } from './failure.ts'
import { absolutePath, type Io, write } from './io.ts'
import { dashIfStandard } from './read-input.ts'
import { createTemporary, forgetTemporary, removeTemporaries } from './temporaries.ts'

export const outputPath = (path: string): string =>
  dashIfStandard(path, ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])

/**
 * Reports before the work what `writeOutput` would report after it: an existing file, or a missing
 * or read-only folder.
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

/**
 * Writes a file completely or not at all; `-` is stdout. A device or pipe is opened and written
 * directly.
 */
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
  /** The file that the path points to if it is a link; so the link itself stays. */
  readonly target: string
  /** The status of the existing file. */
  readonly existing?: fs.Stats
}

/**
 * The target of an output path. Throws for a link to a missing file, because the name to create
 * would be unclear.
 */
export function outputTarget(path: string, io: Io): OutputTarget {
  const argument = absolutePath(path, io)
  try {
    const existing = fs.statSync(argument, { throwIfNoEntry: false })
    if (existing) return { target: realPath(argument), existing }
    if (!fs.lstatSync(argument, { throwIfNoEntry: false })) return { target: argument }
    throw runtimeError(
      `${path} is a link to ${fs.readlinkSync(argument)}, which does not exist. Remove the ` +
        'link, or name the target file.',
    )
  } catch (error) {
    throw codeOf(error) === '' ? error : writeFailure(path, error)
  }
}

/** A pipe behind a link such as /dev/stdout has no path of its own. */
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
 * Sets the mode, and if possible the owner, of the replaced file. Without one, sets the mode of a
 * new file.
 */
async function copyMode(file: number, replaced: fs.Stats | undefined): Promise<void> {
  if (replaced && (replaced.uid !== process.getuid?.() || replaced.gid !== process.getgid?.())) {
    // Only root may change the owner. Other users keep the new file.
    await changeOwner(file, replaced.uid, replaced.gid).catch(() => {})
  }
  await changeMode(file, replaced ? replaced.mode & 0o777 : 0o666 & ~process.umask())
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, fs.constants.O_WRONLY)
  try {
    await file.writeFile(bytes)
    await file.sync().catch((error) => {
      // Some devices do not support sync. Their contents are still complete.
      if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(codeOf(error))) throw error
    })
  } finally {
    await file.close()
  }
}

/**
 * Waits for a reader, and for free space in the pipe, without blocking the thread. So Ctrl-C ends
 * the wait at once.
 */
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
    // This file system has no hard links. The exclusive creation of an empty file reserves the
    // name.
    fs.closeSync(fs.openSync(to, 'wx', 0o600))
    await rename(from, to).catch(async (reason) => {
      await unlink(to)
      throw reason
    })
  }
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
  EFBIG: 'it is too large for the file system',
  EPIPE: 'its reader closed it',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'it is a symbolic link that points to itself',
}

/** The error of the system for `path`, as one sentence. */
export function writeFailure(path: string, error: unknown): Failure {
  return runtimeError(
    `${path} cannot be written: ${writeProblems[codeOf(error)] ?? messageOf(error)}. ` +
      'Nothing was written there.',
    error,
  )
}
