/**
 * What does a command see of the world? Three streams, the environment and a folder: the process's
 * own, or a test's.
 */

import { isAbsolute, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import pc from 'picocolors'
import { codeOf, runtimeError } from './failure.ts'
import { printable } from './printable.ts'

export interface Output extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths start from. Reading it throws where that folder is gone. */
  readonly cwd: string
  /**
   * Runs work that an interrupt would leave half done on the disk: then `undo` is called first. The
   * work must have short parts only.
   */
  undoOnInterrupt<T>(undo: () => void, work: () => Promise<T>): Promise<T>
  /**
   * Runs work of many short parts: the first Ctrl-C aborts `signal`, so that the work may end with
   * what it has; a second ends the process at once.
   */
  abortOnInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** Where a path leads; a whole one needs no working folder. */
export const absolutePath = (path: string, io: Io): string =>
  isAbsolute(path) ? path : resolve(io.cwd, path)

/** Colours for a stream: only on a terminal, and never against NO_COLOR. */
export function colours(io: Io, stream: Output): ReturnType<typeof pc.createColors> {
  return pc.createColors(stream.isTTY === true && !io.env.NO_COLOR && io.env.TERM !== 'dumb')
}

/** Writes a line to stdout and waits until it is taken. */
export const print = (stdout: Output, text: string): Promise<void> =>
  write(stdout, text.endsWith('\n') ? text : `${text}\n`)

/**
 * Says a sentence beside the result, on stderr. Where that cannot be written there is nobody to
 * hear it.
 */
export const tell = (io: Io, text: string): Promise<void> =>
  print(io.stderr, printable(text)).catch(() => {})

/**
 * Writes bytes or text to stdout and waits until they are taken. A reader that has gone (`| head`)
 * has had enough: no failure.
 */
export function write(stdout: Output, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(chunk, (error) =>
      error && !isReaderGone(error) ? reject(stdoutFailure(error)) : resolve(),
    )
  })
}

/** Whether whoever read what we write has gone. */
export const isReaderGone = (error: Error): boolean =>
  ['EPIPE', 'ECONNRESET'].includes(codeOf(error))

const writeProblems: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'its device does not answer',
}

/** The failure of a result that stdout did not take. */
export const stdoutFailure = (error: Error): Error =>
  runtimeError(
    `stdout cannot be written: ${writeProblems[codeOf(error)] ?? error.message}. The result is ` +
      'incomplete.',
    error,
  )

/** The one machine-readable answer of a verb: every object carries the version of its shape. */
export function printJson(io: Io, verb: string, answer: object): Promise<void> {
  return print(io.stdout, jsonText(verb, answer))
}

/** The same as text, for a file. */
export function jsonText(verb: string, answer: object): string {
  const text = JSON.stringify({ schemaVersion: 1, verb, ...answer }, jsonNumber, 2)
  // JSON escapes C0 by itself; a terminal obeys C1 too.
  return `${text.replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`
}

// JSON knows no NaN and no infinity: they are written as words.
const jsonNumber = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
