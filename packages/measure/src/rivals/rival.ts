/**
 * The interface of everything that is compared: a form of stridefold, or another library (a rival).
 * Each prepares a problem once, returns its result for the check, and runs the call that is timed.
 */

import type { Output } from '../check.ts'
import type { Problem } from '../problem.ts'

/** A rival prepared for one problem. */
export interface ReadyRival {
  /** The call that is timed, as its library writes it. */
  readonly call: string
  /** Returns the result of the timed call, for the check against the definition. */
  readonly output: () => Promise<Output>
  /** Runs the call once. A promise is awaited. */
  readonly run: () => unknown
  /** Milliseconds of `calls` calls, for work in another process. Then `run` is not called. */
  readonly timed?: (calls: number) => Promise<number>
  readonly close: () => void
}

/** Another library, ready to prepare problems. */
export interface Rival {
  /** The short name, for command lines and files. */
  readonly name: string
  /** The version of the library. */
  readonly version: string
  /** The library, its version, and the features of the machine that it uses. */
  readonly about: string
  /** Returns the reason why a problem is not measured, or undefined. */
  readonly unsupportedReason: (p: Problem) => string | undefined
  readonly prepare: (p: Problem) => Promise<ReadyRival>
  readonly close: () => void
}

/** Where a rival comes from. */
export interface RivalPlace {
  /** Finds npm packages, from the folder in which they are installed. */
  readonly require: NodeJS.Require
  /** A Python. */
  readonly python: string
  /** Threads of a library that can use several here; the others take one. Default 1. */
  readonly threads?: number
}

/** '1 thread', '2 threads'. */
export const threadsText = (threads: number): string =>
  `${threads} thread${threads === 1 ? '' : 's'}`

/** The values of an operand in row-major order. Rivals compute in float32. */
export const floats = ({ data }: Problem['x']): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>)
