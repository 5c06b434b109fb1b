/**
 * The three kinds of failure a caller can meet, told apart by who can mend them.
 *
 * `OptionError`: the caller asked for something impossible (a named algorithm that refuses included).
 * `UnavailableError`: the environment lacks something (memory, WebAssembly, workers).
 * `InternalError`: stridefold broke one of its own promises; please report the case line in the message.
 *
 * A message says what came, what was needed and what to do. `code` is stable and meant for programs.
 */

/** The caller's fault, wherever it is found. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
  /** A stable identifier such as `'SHAPE_MISMATCH'`. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The environment's fault: something this machine or page does not have. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
  /** A stable identifier such as `'MEMORY_LIMIT'`. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Our fault. */
export class InternalError extends Error {
  override readonly name = 'InternalError'
  /** A stable identifier such as `'PROGRAM_INVALID'`. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Throws `InternalError` unless `condition` holds; for promises that stridefold makes to itself. */
export function ensure(condition: boolean, code: string, message: string): asserts condition {
  if (!condition) throw new InternalError(code, message)
}
