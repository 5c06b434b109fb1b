/** An array as text that can be read back: rows of numbers, or lists in brackets. */

import { product } from '../model/numbers.ts'
import type { Pasted } from './readings.ts'

export function textOf({ shape, values }: Pasted): string {
  if (shape.length === 1) return `[${values.join(', ')}]`
  if (shape.length > 2) return nested(shape, values)
  const [, columns = 1] = shape
  const widest = Math.max(...values.map((value) => String(value).length))
  const rows = Array.from({ length: values.length / columns }, (_, row) =>
    values
      .slice(row * columns, (row + 1) * columns)
      .map((value) => String(value).padStart(widest))
      .join(' '),
  )
  return rows.join('\n')
}

/** Nested lists. Every row of numbers has a line. */
function nested(shape: readonly number[], values: readonly number[], depth = 0): string {
  const [extent = 1, ...inner] = shape
  if (inner.length === 0) return `[${values.join(', ')}]`
  const size = product(inner)
  const parts = Array.from({ length: extent }, (_, i) =>
    nested(inner, values.slice(i * size, (i + 1) * size), depth + 1),
  )
  return `[${parts.join(`,\n${' '.repeat(depth + 1)}`)}]`
}
