/**
 * In which order does a tile load its operands? A value that several rows use is loaded once, and
 * every row adds its sum steps in sequence.
 */

/** Byte offsets of both operands at one step of a sum. */
export interface SumStep {
  readonly moving: number
  readonly stationary: number
}

/** One load of the moving operand, and the products that use it. */
export interface Read {
  readonly at: number
  readonly users: { readonly row: number; readonly step: number }[]
}

/**
 * The loads of a tile, in an order in which every row adds its sum steps in sequence. If the sum
 * steps move through memory in the direction of the rows, ascending addresses are such an order.
 * Rows then share loads. Otherwise each product has its own load.
 */
export function readsInSumOrder(steps: readonly SumStep[], rows: number, rowStep: number): Read[] {
  const direction = Math.sign(rowStep)
  const followsRows = steps.every(
    (s, i) => i === 0 || (s.moving - steps[i - 1]!.moving) * direction > 0,
  )
  const reads: Read[] = steps.flatMap((s, step) =>
    Array.from({ length: rows }, (_, row) => ({
      at: s.moving + row * rowStep,
      users: [{ row, step }],
    })),
  )
  if (!followsRows) return reads
  const shared = new Map<number, Read>()
  for (const read of reads) {
    const sharedRead = shared.get(read.at)
    if (sharedRead === undefined) shared.set(read.at, read)
    else sharedRead.users.push(...read.users)
  }
  return [...shared.values()].toSorted((x, y) => (x.at - y.at) * direction)
}
