/**
 * A plane of numbers as SVG paths, one for each of a few shades. So a plane of 400 numbers is a few
 * elements, which are fast to change.
 */

export const shades = 12

export interface ShadePath {
  /** From 1 to `shades`. */
  readonly shade: number
  readonly path: string
}

interface PlaneOptions {
  readonly columns: number
  readonly left?: number
  readonly top?: number
  /** How far a square stays from the edges of its cell. */
  readonly inset?: number
}

/** Squares for all numbers above 0; the darkest for numbers from `most` on. */
export function shadePaths(
  values: ArrayLike<number>,
  most: number,
  { columns, left = 0, top = 0, inset = 0 }: PlaneOptions,
): readonly ShadePath[] {
  const paths: string[] = []
  const size = 1 - 2 * inset
  const square = `h${size}v${size}h${-size}z`
  for (let i = 0; i < values.length; i++) {
    const shade = Math.min(shades, Math.round((shades * values[i]!) / (most || 1)))
    if (!(shade > 0)) continue
    const [x, y] = [left + (i % columns) + inset, top + Math.floor(i / columns) + inset]
    paths[shade] = `${paths[shade] ?? ''}M${x} ${y}${square}`
  }
  return paths.flatMap((path, shade) => (path ? [{ shade, path }] : []))
}
