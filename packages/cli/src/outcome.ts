/** One file that is filtered: what comes in, what is to be written, and what came of it. */

import type { Format } from './images/formats.ts'
import type { Clipping, OutputPolicy } from './images/levels.ts'

export interface FileInput {
  readonly bytes: Uint8Array
  readonly name: string
  /** For an array. Undefined: derived from its shape. */
  readonly channelAxis: number | 'none' | undefined
  /** Largest size of an image, in bytes of samples. */
  readonly imageLimit: number | undefined
}

export interface OutputRequest {
  readonly name: string
  /** Default: the format of the input. */
  readonly format?: Format
  readonly alpha?: 'keep' | 'filter'
  readonly policy?: OutputPolicy
}

export interface Outcome {
  readonly bytes: Uint8Array
  readonly format: Format
  /** Shape of the result as an array: height × width × channels for an image. */
  readonly shape: readonly number[]
  readonly milliseconds: number
  /** The number of axes of the input, and which of them has its channels. */
  readonly input: { readonly rank: number; readonly channelAxis: number | undefined }
  /** For an image file: the samples that were clipped. */
  readonly clipping?: Clipping
  /** What was clipped, as a sentence. */
  readonly clippingNote?: string
  readonly notes: readonly string[]
}
