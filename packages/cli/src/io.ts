/**
 * What does a command see of the world? Three streams, the environment and a folder: the process's own, or a test's.
 */

import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import pc from 'picocolors'

export interface Output extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths start from. */
  readonly cwd: string
  /** Runs what holds the thread for long: nothing hears a signal meanwhile, so Ctrl-C has to end the process by itself. */
  blocking<T>(work: () => T): T
  /** Runs long work of many short parts: the first Ctrl-C aborts `signal`, so that the work may end with what it has; a second ends the process. */
  interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

const INTERRUPTS = ['SIGINT', 'SIGTERM'] as const

/** The process's own streams. `onInterrupt` answers Ctrl-C, except in blocking work, which the system ends. */
export function processIo(cwd: string, onInterrupt: (signal: NodeJS.Signals) => void): Io {
  for (const signal of INTERRUPTS) process.on(signal, onInterrupt)
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd,
    blocking: (work) => {
      for (const signal of INTERRUPTS) process.removeListener(signal, onInterrupt)
      try {
        return work()
      } finally {
        for (const signal of INTERRUPTS) process.on(signal, onInterrupt)
      }
    },
    interruptible: async (work) => {
      const controller = new AbortController()
      const first = (signal: NodeJS.Signals): void => (controller.signal.aborted ? onInterrupt(signal) : controller.abort(signal))
      const answerWith = (now: typeof first, before: typeof first): void => {
        for (const signal of INTERRUPTS) process.on(signal, now).removeListener(signal, before)
      }
      answerWith(first, onInterrupt)
      try {
        return await work(controller.signal)
      } finally {
        answerWith(onInterrupt, first)
      }
    },
  }
}

/** Colours for a stream: only on a terminal, and never against NO_COLOR. */
export function colours(io: Io, stream: Output): ReturnType<typeof pc.createColors> {
  return pc.createColors(stream.isTTY === true && !io.env.NO_COLOR && io.env.TERM !== 'dumb')
}

/** Writes a line and waits until the stream has room again. */
export async function print(stream: Output, text: string): Promise<void> {
  await write(stream, text.endsWith('\n') ? text : `${text}\n`)
}

/** Writes bytes or text and waits until they are taken. */
export function write(stream: Output, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}

/** The one machine-readable answer of a verb: every object carries the version of its shape. */
export function printJson(io: Io, verb: string, answer: object): Promise<void> {
  return print(io.stdout, jsonText(verb, answer))
}

/** The same as text, for a file. */
export const jsonText = (verb: string, answer: object): string =>
  `${JSON.stringify({ schemaVersion: 1, verb, ...answer }, jsonNumber, 2)}\n`

// JSON knows no NaN and no infinity: they are written as words.
const jsonNumber = (_: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value)
