/**
 * A view, or several views of one shape, as a loop nest: one loop per axis, with a stride in each
 * view. How can fewer loops visit the same elements?
 *
 *   for y < 2                                   for i < 6
 *     for x < 3      a[12·y + 4·x + c]    →       for c < 2      a[4·i + c]      12 = 4 · 3
 *       for c < 2
 *
 * A loop of extent 1 does nothing. Two neighbouring loops are one if in every view
 * outer stride = inner stride × inner extent.
 */

/** One loop: its extent, and its stride in each view, in elements. */
export interface StridedLoop {
  readonly extent: number
  readonly strides: readonly number[]
}

/** One loop per axis. `views[v][axis]` is the stride of an axis in view v. */
export function axisLoops(
  shape: readonly number[],
  ...views: readonly (readonly number[])[]
): StridedLoop[] {
  const loops: StridedLoop[] = []
  for (let axis = 0; axis < shape.length; axis++) {
    const strides: number[] = []
    for (let view = 0; view < views.length; view++) strides.push(views[view]![axis]!)
    loops.push({ extent: shape[axis]!, strides })
  }
  return loops
}

/**
 * The loops, the largest stride in view `view` first. Equal strides keep their order. Loops that
 * are in order already, which is usual, stay the same list: sorting would take longer.
 */
export function sortedByStride(
  loops: readonly StridedLoop[],
  view: number,
): readonly StridedLoop[] {
  const before = (a: StridedLoop, b: StridedLoop): number =>
    Math.abs(b.strides[view]!) - Math.abs(a.strides[view]!)
  for (let l = 1; l < loops.length; l++)
    if (before(loops[l - 1]!, loops[l]!) > 0) return loops.toSorted(before)
  return loops
}

/**
 * As few loops as possible, in the given order (outermost first), that visit the same elements. A
 * merged loop has everything else that the innermost of its parts has. No loops visit one element.
 *
 * - `join`: makes one loop of two, for loops with further fields that belong together.
 */
export function mergeLoops<Loop extends StridedLoop>(
  loops: readonly Loop[],
  join: (outer: Loop, inner: Loop) => Loop = joinLoops,
): Loop[] {
  const merged: Loop[] = []
  for (const loop of loops) {
    if (loop.extent === 1) continue
    const outer = merged.at(-1)
    if (outer !== undefined && isOneLoop(outer, loop)) merged[merged.length - 1] = join(outer, loop)
    else merged.push(loop)
  }
  return merged
}

/** Whether both loops together visit the same elements as one loop with the strides of `inner`. */
function isOneLoop(outer: StridedLoop, inner: StridedLoop): boolean {
  const { extent, strides } = inner
  for (let view = 0; view < strides.length; view++)
    if (outer.strides[view] !== strides[view]! * extent) return false
  return true
}

const joinLoops = <Loop extends StridedLoop>(outer: Loop, inner: Loop): Loop => ({
  ...inner,
  extent: outer.extent * inner.extent,
})

/** Whether the body of nested loops never runs. */
export const isEmpty = (loops: readonly { readonly extent: number }[]): boolean =>
  loops.some(({ extent }) => extent === 0)

/** How often the body of nested loops runs. */
export function iterations(loops: readonly { readonly extent: number }[]): number {
  let count = 1
  for (const { extent } of loops) count *= extent
  return count
}

/**
 * Runs through nested loops. `at` holds the current element in each view. Elements change by
 * additions only. No loop may be empty.
 */
export class Odometer {
  readonly at: number[]
  readonly #loops: readonly StridedLoop[]
  readonly #index: number[]

  /** `at`: the first element in each view. The odometer changes this list. */
  constructor(loops: readonly StridedLoop[], at: number[]) {
    this.#loops = loops
    this.at = at
    this.#index = new Array<number>(loops.length).fill(0)
  }

  /**
   * Moves to the next index, last loop fastest. After the last index it returns false, and the
   * elements are back at the start.
   */
  next(): boolean {
    const { at } = this
    for (let l = this.#loops.length - 1; l >= 0; l--) {
      const { extent, strides } = this.#loops[l]!
      const hasNext = ++this.#index[l]! < extent
      const steps = hasNext ? 1 : 1 - extent
      for (let view = 0; view < strides.length; view++) at[view]! += strides[view]! * steps
      if (hasNext) return true
      this.#index[l] = 0
    }
    return false
  }
}
