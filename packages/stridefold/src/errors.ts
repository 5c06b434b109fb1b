/**
 * Three classes of errors, one for each cause of a failure.
 *
 * - `OptionError`: the call is not possible. A named algorithm that does not support the problem
 *   belongs here too.
 * - `UnavailableError`: the environment lacks something (memory, WebAssembly, workers).
 * - `InternalError`: stridefold has a bug. Please report the case in the message.
 *
 * A message states what the call received, what it needs and what to do. `code` is stable, for
 * programs.
 */

/**
 * The call is not possible as it is. Change its arguments. The message states what the call
 * received, what it needs and what to do; `code` is for programs. docs/errors.md lists the codes.
 *
 * @example
 * try {
 *   reshape([1, 2, 3], [2, 2])
 * } catch (error) {
 *   console.log(error instanceof OptionError && error.code) // 'SHAPE_MISMATCH'
 * }
 */
export class OptionError extends Error {
  /**
   * The name of the class, for messages and where `instanceof` fails: between two copies of the
   * library.
   */
  override readonly name = 'OptionError'
  /** A stable identifier such as `'SHAPE_MISMATCH'`. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * This machine or page lacks something, such as memory or WebAssembly. Use less memory, another
 * backend or another machine. docs/errors.md lists the codes.
 *
 * @example
 * try {
 *   zeros([2 ** 45])
 * } catch (error) {
 *   console.log(error instanceof UnavailableError && error.code) // 'OUT_OF_MEMORY'
 * }
 */
export class UnavailableError extends Error {
  /**
   * The name of the class, for messages and where `instanceof` fails: between two copies of the
   * library.
   */
  override readonly name = 'UnavailableError'
  /** A stable identifier such as `'MEMORY_LIMIT'`. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * A bug in stridefold. Please report the case in the message. `verify: true` throws it
 * (`VERIFY_FAILED`) for a result outside its error bound. docs/errors.md lists the codes.
 */
export class InternalError extends Error {
  /**
   * The name of the class, for messages and where `instanceof` fails: between two copies of the
   * library.
   */
  override readonly name = 'InternalError'
  /** A stable identifier such as `'PROGRAM_INVALID'`. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Returns the result of `compute`. `call` may delegate work to another call, whose `OptionError`
 * names that other call. Such an error is thrown again with the name of `call`.
 */
export function withCallName<T>(call: string, compute: () => T): T {
  const rename = (cause: unknown): never => {
    if (!(cause instanceof OptionError)) throw cause
    const message = cause.message.replace(
      /^(?:convolve|correlate|conv(?:Transpose)?[123]d)(?=[: ])/,
      call,
    )
    throw message === cause.message
      ? cause
      : new OptionError(cause.code, message, { cause: cause.cause })
  }
  try {
    const result = compute()
    return result instanceof Promise ? (result.catch(rename) as T) : result
  } catch (cause) {
    return rename(cause)
  }
}

/** The error of a plan, or of its compiled program, that runs after `dispose()`. */
export const disposedError = (): OptionError =>
  new OptionError(
    'PLAN_DISPOSED',
    'this plan was disposed of and cannot run. Make a new one with plan().',
  )

/** Throws `InternalError` unless `condition` holds. For internal invariants only. */
export function ensure(condition: boolean, code: string, message: string): asserts condition {
  if (!condition) throw new InternalError(code, message)
}
