/**
 * The kernels with a name, in every size. They are whole numbers over a divisor, so products stay
 * exact. Weights that cancel have the divisor 1. Others have their sum, so that a plain picture
 * stays as it is.
 *
 * A line of the blur is a row of Pascal's triangle: (1, 1) ∗ (1, 1) ∗ …. A line across an edge has
 * one factor (−1, 1) instead. An axis with one weight has no difference, so its line is 1.
 */

export const kernelNames = ['blur', 'sharpen', 'edges-x', 'edges-y', 'emboss'] as const
export type KernelName = (typeof kernelNames)[number]

export interface NamedKernel {
  /** The weights row by row, before the division. */
  readonly values: readonly number[]
  readonly divisor: number
}

/** (`first`, 1) ∗ (1, 1) ∗ (1, 1) ∗ …, of this size. */
function lineOf(size: number, first: number): readonly number[] {
  let line = [1]
  for (let n = 1; n < size; n++)
    line = [...line, 0].map((w, i) => (n > 1 ? w : first * w) + (line[i - 1] ?? 0))
  return line
}

export function namedKernel(name: KernelName, width: number, height: number): NamedKernel {
  const [across, down] = [
    lineOf(width, name === 'edges-x' ? -1 : 1),
    lineOf(height, name === 'edges-y' ? -1 : 1),
  ]
  // With one size even and the other odd, x + y from the middle has halves. Then it is doubled.
  const unit = (width + height) % 2 ? 2 : 1
  const centre = ((height - 1) >> 1) * width + ((width - 1) >> 1)
  let values = down.flatMap((b, y) =>
    across.map((a, x) =>
      name === 'emboss' && width * height > 1 ? (x + y - (width + height) / 2 + 1) * unit : a * b,
    ),
  )
  if (name === 'sharpen') {
    // 2·δ − blur. The usual 3×3 kernel has only the four nearest neighbours.
    const twice = 2 ** (width + height - 1)
    values =
      width === 3 && height === 3
        ? [0, -1, 0, -1, 5, -1, 0, -1, 0]
        : values.map((w, i) => (i === centre ? twice - w : -w))
  }
  return { values, divisor: values.reduce((sum, w) => sum + w, 0) || 1 }
}

/** The name of a kernel. With one weight along an axis, several names have the same kernel. */
export const nameOf = (
  values: ArrayLike<number>,
  divisor: number,
  width: number,
  height: number,
): KernelName | undefined =>
  kernelNames.find((name) => {
    const named = namedKernel(name, width, height)
    return named.divisor === divisor && named.values.every((w, i) => w === values[i])
  })
