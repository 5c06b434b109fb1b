/**
 * Which weights give a derivative of the least-squares polynomial through equally spaced samples?
 * (Savitzky and Golay 1964.)
 *
 * The polynomials p_j that are orthogonal over the samples x = −h, −h + 1, …, h (Gram polynomials)
 * have an exact recurrence. With them the fit is a sum, and no system of equations is solved:
 *
 *   p_{j+1}(x) = x·p_j(x) − b_j·p_{j−1}(x)      b_j = j²(N² − j²) / (4(4j² − 1)),  N samples
 *   weight of sample t = Σ_j p_j(t)·p_j⁽ᵈ⁾(at) / (b_1·…·b_j·N)
 *
 * x is divided by h, so that high powers stay small.
 */

/**
 * The weights of `window` samples for the derivative at position `at`, counted in samples from the
 * first one; it may be a fraction. `order` is the degree of the polynomial.
 */
export function fitWeights(
  window: number,
  order: number,
  derivative: number,
  at: number,
): readonly number[] {
  const half = (window - 1) / 2
  const unit = Math.max(half, 1)
  const samples = Array.from({ length: window }, (_, i) => (i - half) / unit)
  const weights = new Array<number>(window).fill(0)
  let values: Recurrence = { now: samples.map(() => 1), before: samples.map(() => 0) }
  // Entry d is the derivative of order d.
  const derivatives = Array.from({ length: derivative + 1 }, () => 0)
  let point: Recurrence = { now: derivatives.with(0, 1), before: derivatives }
  let norm = window
  for (let j = 0; j <= order; j++) {
    const factor = point.now[derivative]! / norm
    for (let t = 0; t < window; t++) weights[t]! += values.now[t]! * factor
    const b = recurrence(j, window) / (unit * unit)
    values = next(values, b, (i) => samples[i]! * values.now[i]!)
    const { now } = point
    // The Leibniz rule: (x·p)⁽ᵈ⁾ = x·p⁽ᵈ⁾ + d·p⁽ᵈ⁻¹⁾.
    point = next(point, b, (d) => ((at - half) / unit) * now[d]! + d * (now[d - 1] ?? 0))
    norm *= recurrence(j + 1, window) / (unit * unit)
  }
  return weights.map((weight) => weight / unit ** derivative)
}

/** The values of two neighbouring polynomials. */
interface Recurrence {
  readonly now: readonly number[]
  readonly before: readonly number[]
}

const next = (
  { now, before }: Recurrence,
  b: number,
  timesX: (i: number) => number,
): Recurrence => ({
  now: now.map((_, i) => timesX(i) - b * before[i]!),
  before: now,
})

const recurrence = (j: number, count: number): number =>
  j === 0 ? 0 : (j * j * (count * count - j * j)) / (4 * (4 * j * j - 1))
