/**
 * An array of any rank as planes. The last two axes are rows and columns. All other axes select the
 * plane. An array with one axis is a plane with one row.
 */

import { product } from './numbers.ts'

export interface Planes {
  readonly count: number
  readonly rows: number
  readonly columns: number
  /** The extents of all axes except rows and columns. */
  readonly lead: readonly number[]
}

/** `shape` is [two leading axes, ...axes]. */
export function planesOf(shape: readonly number[]): Planes {
  const columns = shape.at(-1)!
  const rows = shape.length > 3 ? shape.at(-2)! : 1
  const lead = shape.slice(0, shape.length > 3 ? -2 : -1)
  return { count: product(lead), rows, columns, lead }
}
