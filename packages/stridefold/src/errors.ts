/**
 * The three kinds of failure a caller can meet, told apart by who can mend them.
 *
 * `OptionError`: the caller asked for something impossible (a named algorithm that refuses
 * included). `UnavailableError`: the environment lacks something (memory, WebAssembly, workers).
 * `InternalError`: stridefold broke one of its own promises; please report the case line in the
 * message.
 *
 * A message says what came, what was needed and what to do. `code` is stable and meant for
 * programs.
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

/**
 * What `compute` gives; an `OptionError` that speaks of another call, because that one does part of
 * the work, speaks of this one instead.
 */
export function withCallName<T>(call: string, compute: () => T): T {
  try {
    return compute()
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause
    const message = cause.message.replace(
      /^(?:convolve|correlate|conv(?:Transpose)?[123]d)(?=[: ])/,
      call,
    )
    throw message === cause.message
      ? cause
      : new OptionError(cause.code, message, { cause: cause.cause })
  }
}

/**
 * Throws `InternalError` unless `condition` holds; for promises that stridefold makes to itself.
 */
export function ensure(condition: boolean, code: string, message: string): asserts condition {
  if (!condition) throw new InternalError(code, message)
}
