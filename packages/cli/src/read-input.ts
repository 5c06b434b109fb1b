/** Reads a whole file, or stdin for `-`, up to a limit. */

import { createReadStream } from 'node:fs'
import { codeOf, type Failure, inputError, messageOf, usageError } from './failure.ts'
import { absolutePath, type Io } from './io.ts'
import { byteSize } from './units.ts'

/** The most bytes that are read. */
const maxInputBytes = 2 ** 31

/**
 * `path`, or '-' if it is a name that the system gives to stdin or stdout. Such a name may stand
 * for a socket, which cannot be opened again, or for a file that must not be replaced.
 */
export const dashIfStandard = (path: string, names: readonly string[]): string =>
  names.includes(path) ? '-' : path

export const inputPath = (path: string): string =>
  dashIfStandard(path, ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])

/**
 * The bytes of a file, or of stdin for `-`. Throws if there are none, more than `maxBytes`, or no
 * permission to read.
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
    throw usageError("'-' reads stdin, which is the terminal. Pipe an image into the command.")
  const stream = fromStdin ? io.stdin : createReadStream(absolutePath(path, io))
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > maxBytes)
        throw inputError(
          `${name} is larger than ${byteSize(maxBytes)}, the largest input that is read.`,
        )
    }
  } catch (error) {
    throw codeOf(error) === '' ? error : readFailure(name, error)
  } finally {
    if (!fromStdin) stream.destroy()
  }
  if (bytes === 0) throw inputError(`${name} is empty: it has 0 bytes.`)
  return Buffer.concat(chunks, bytes)
}

export const inputName = (path: string): string => (path === '-' ? 'stdin' : path)

const readProblems: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  EISDIR: 'is a folder; a file is needed',
  EACCES: 'may not be read: permission denied',
  EPERM: 'may not be read: permission denied',
  ENAMETOOLONG: 'has a name that is too long',
  ELOOP: 'is a symbolic link that points to itself',
}

export function readFailure(name: string, error: unknown): Failure {
  return inputError(
    `${name} ${readProblems[codeOf(error)] ?? `cannot be read (${messageOf(error)})`}.`,
    error,
  )
}
