/**
 * How fine is the clock? Browsers round it, so that a page cannot spy on others by timing.
 */

const searchMs = 40

/** The smallest step of a clock in milliseconds, over a short search. */
export function clockStep(now: () => number): number {
  const end = now() + searchMs
  let smallest = Number.POSITIVE_INFINITY
  for (let before = now(); before < end; ) {
    const next = now()
    if (next > before) smallest = Math.min(smallest, next - before)
    before = next
  }
  return smallest
}
