/**
 * How a command fails: one sentence on stderr, and one of the exit codes below.
 *
 * Errors of the library keep their message, with flags for options. An `OptionError` has exit code
 * 2 (usage), the others have 1.
 */

import { inFlagWords } from './flag-words.ts'

export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  input: 3,
  check: 4,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** An error whose message is a whole sentence for the user. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode
  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The command line is invalid, or asks for something impossible. */
export const usageError = (message: string): Failure => new Failure(exitCodes.usage, message)

/** A file or stream cannot be read, or has invalid contents. */
export const inputError = (message: string, cause?: unknown): Failure =>
  new Failure(exitCodes.input, message, { cause })

/** Any other failure, such as a full disk. */
export const runtimeError = (message: string, cause?: unknown): Failure =>
  new Failure(exitCodes.failure, message, { cause })

/** The exit code for `error`, whatever its class. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Failure) return error.exitCode
  if (codeOf(error).startsWith('VERIFY')) return exitCodes.check
  return nameOf(error) === 'OptionError' ? exitCodes.usage : exitCodes.failure
}

/** The message of an error, or of anything else that was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** The message for the user: one paragraph, without a stack. */
export function errorMessage(error: unknown): string {
  const name = nameOf(error)
  const message = messageOf(error)
  if (error instanceof Failure) return message
  if (name === 'OptionError' || name === 'UnavailableError') return inFlagWords(message)
  if (
    error instanceof RangeError &&
    /allocation|array length|string length|out of memory/i.test(message)
  ) {
    return 'There is not enough memory. Use a smaller input, or another --algorithm.'
  }
  if (
    codeOf(error) === 'ERR_MODULE_NOT_FOUND' ||
    message.startsWith('Could not load the "sharp" module')
  ) {
    return (
      `A part of stridefold is not installed for this system: ${message.split('\n')[0]} ` +
      'Install @stridefold/cli again, with optional dependencies.'
    )
  }
  return (
    `This is a bug in stridefold, please report it: ${message} (STRIDEFOLD_DEBUG=1 ` +
    'shows the stack.)'
  )
}

/** The code of an error, from the system (`'ENOENT'`) or from us; '' without one. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string'
    ? error.code
    : ''
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')
