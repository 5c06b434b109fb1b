/**
 * A translation as one text that can be pasted: the code, and above it as comments the case, the
 * arrays and the notes. `readCode` reads the shapes from these comments.
 */

import type { ConvGeometry } from 'stridefold/sync'
import type { System, TranslatedArray, Translation } from './translation.ts'

export interface Answer {
  readonly system: System
  readonly geometry: ConvGeometry
  readonly translation: Translation
  readonly from?: System
}

export function page({ system, geometry, translation, from }: Answer): string {
  const { language, title } = system
  const { code, x, k, y, notes } = translation
  const mark = language === 'javascript' ? '//' : '#'
  const written = (name: string, array: TranslatedArray): string =>
    `${name}: ${array.dtype ?? geometry.dtype} ` +
    `[${array.shape.join(', ')}]${array.axes && ` (${array.axes})`}`
  const source = from && from !== system ? `, read from ${from.title}` : ''
  const head = [
    `${geometry.key} in ${title}${source}`,
    `${written('x', x)}, ${written('k', k)} → ${written('y', y)}`,
    ...notes,
  ]
  return [...head.map((line) => `${mark} ${line}`), '', code].join('\n')
}
