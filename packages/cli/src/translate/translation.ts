/**
 * A translation: code for another library for one geometry, the arrays that it expects, and notes.
 * If the library has no exact equivalent, the translator throws: a translation is right, or there
 * is none.
 */

import { type ConvGeometry, OptionError } from 'stridefold/sync'
import type { SystemName } from './names.ts'

export interface TranslatedArray {
  readonly shape: readonly number[]
  /** The axes, such as `N C H W`; empty for a plain signal, image or volume. */
  readonly axes: string
  /** The dtype, if it differs from that of the case. */
  readonly dtype?: 'uint8'
}

export interface Translation {
  /** Reads `x` and `k`, defines `y`. */
  readonly code: string
  readonly x: TranslatedArray
  readonly k: TranslatedArray
  readonly y: TranslatedArray
  readonly notes: readonly string[]
}

export interface System {
  readonly name: SystemName
  readonly title: string
  readonly language: 'python' | 'javascript' | 'shell'
  translate(geometry: ConvGeometry): Translation
}

/** The error for a case that `system` does not support: the reason, and what to do instead. */
export function unsupportedError(system: string, why: string, instead: string): OptionError {
  return new OptionError(
    'TRANSLATION_REFUSED',
    `${system} does not support this case: ${why}. ${instead}`,
  )
}
