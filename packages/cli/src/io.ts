/**
 * What a command can access: three streams, the environment and a folder. They belong to the
 * process, or to a test.
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
  /** The folder at which relative paths start. Reading it throws if the folder no longer exists. */
  readonly cwd: string
  /**
   * Runs work that an interrupt would leave unfinished on the disk; on an interrupt it calls `undo`
   * first. The parts of the work must be short.
   */
  undoOnInterrupt<T>(undo: () => void, work: () => Promise<T>): Promise<T>
  /** Runs work that any interrupt may end: nothing is lost. The sentence is told then. */
  tellOnInterrupt<T>(sentence: () => string, work: () => Promise<T>): Promise<T>
  /**
   * Runs work of many short parts. The first Ctrl-C aborts `signal`, so that the work can end with
   * partial results. A second one ends the process at once.
   */
  abortOnInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** The absolute path. An absolute `path` needs no working folder. */
export const absolutePath = (path: string, io: Io): string =>
  isAbsolute(path) ? path : resolve(io.cwd, path)

/** Colours for a stream: only on a terminal, and not if NO_COLOR is set. */
export function colours(io: Io, stream: Output): ReturnType<typeof pc.createColors> {
  return pc.createColors(stream.isTTY === true && !io.env.NO_COLOR && io.env.TERM !== 'dumb')
}

/** Writes a line to stdout and waits until it is written. */
export const print = (stdout: Output, text: string): Promise<void> =>
  write(stdout, text.endsWith('\n') ? text : `${text}\n`)

/** Writes a message to stderr. Ignores errors, because there is no other place to report them. */
export const tell = (io: Io, text: string): Promise<void> =>
  print(io.stderr, printable(text)).catch(() => {})

/**
 * Writes bytes or text to stdout and waits until they are written. A reader that closes the pipe
 * early (`| head`) is not a failure.
 */
export function write(stdout: Output, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(chunk, (error) =>
      error && !isReaderGone(error) ? reject(stdoutFailure(error)) : resolve(),
    )
  })
}

/** Whether the reader of the stream has closed it. */
export const isReaderGone = (error: Error): boolean =>
  ['EPIPE', 'ECONNRESET'].includes(codeOf(error))

const writeProblems: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'its device does not answer',
}

/** The error for a result that could not be written to stdout. */
export const stdoutFailure = (error: Error): Error =>
  runtimeError(
    `stdout cannot be written: ${writeProblems[codeOf(error)] ?? error.message}. The result is ` +
      'incomplete.',
    error,
  )

/** Prints the JSON result of a verb. Every object carries the version of its shape. */
export function printJson(io: Io, verb: string, answer: object): Promise<void> {
  return print(io.stdout, jsonText(verb, answer))
}

/** The same JSON as text, for a file. */
export function jsonText(verb: string, answer: object): string {
  const text = JSON.stringify({ schemaVersion: 1, verb, ...answer }, jsonNumber, 2)
  // JSON escapes the C0 control characters. A terminal obeys C1 characters too.
  const escapeC1 = (character: string): string => `\\u00${character.charCodeAt(0).toString(16)}`
  return `${text.replace(/[\x7f-\x9f]/g, escapeC1)}\n`
}

// JSON has no NaN and no infinity: they become strings.
const jsonNumber = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
