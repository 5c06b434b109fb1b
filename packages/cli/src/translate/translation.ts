/**
 * What is a translation? Code in another system's words for one geometry, the arrays that it
 * expects, and what to know about it. What a system cannot say is refused in words: a translation
 * is right or there is none.
 */

import { type ConvGeometry, OptionError } from 'stridefold/sync'
import type { SystemName } from './names.ts'

export interface TranslatedArray {
  readonly shape: readonly number[]
  /** What the axes are, such as `N C H W`; empty for a plain signal, picture or volume. */
  readonly axes: string
  /** Where the system takes or gives another type than the case has. */
  readonly dtype?: 'uint8'
}

export interface Translation {
  /** Reads `x` and `k`, leaves `y`. */
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

/** The error of what `system` cannot say: why, and what to do. */
export function unsupported(system: string, why: string, instead: string): OptionError {
  return new OptionError('TRANSLATION_REFUSED', `${system} cannot say this: ${why}. ${instead}`)
}
