/**
 * Checks a result against the definition before it is timed. For large results only a sample of
 * outputs is checked, including the first and the last one.
 */

import { type ConvGeometry, type NdArray, ndarray, transpose } from 'stridefold/sync'
import { type Comparison, compareWithDefinition, definition } from 'stridefold/verify'
import type { Layout } from './layouts.ts'
import type { Problem } from './problem.ts'
import { elements } from './shapes.ts'

/** What was computed for a problem. */
export interface Output {
  readonly values: ArrayLike<number>
  /** Default `'channels-first'`. */
  readonly layout?: Layout
  /** Set if the border is not that of the case: only outputs that read no border are checked. */
  readonly border?: 'edge'
  /**
   * The levels by which bytes may differ from the nearest integer. Default 0. Larger for libraries
   * that only have integer weights.
   */
  readonly levels?: number
  /**
   * The error that the code states, in units of max|x|·Σ|k|, such as `Candidate.errorBound` of a
   * plan. Default: `usualErrorBound`.
   */
  readonly errorBound?: number | undefined
}

/**
 * The error that is allowed for code that states no bound, in units of max|x|·Σ|k|. Each product
 * and addition of a sum may add an error of ε; these errors mostly cancel. In a fast algorithm,
 * whose tiles combine neighbouring outputs, the error may be a few times larger. 4 ε √taps allows
 * for that, but not for a wrong tap.
 */
export function usualErrorBound(g: ConvGeometry): number {
  const taps = elements([g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)])
  return 4 * Math.sqrt(taps) * (g.dtype === 'float64' ? 2 ** -52 : 2 ** -23)
}

/**
 * Compares a result with the definition at the outputs of `p.expected`. Throws an `Error` if it
 * does not have all outputs of the problem.
 */
export function check(
  p: Problem,
  {
    values,
    layout = 'channels-first',
    border,
    levels = 0,
    errorBound = usualErrorBound(p.geometry),
  }: Output,
): Comparison {
  const count = elements(p.outputShape)
  if (values.length !== count)
    throw new Error(`${values.length} outputs for ${p.geometry.key}; expected ${count}`)
  const expected =
    border === undefined
      ? p.expected
      : definition(
          p.geometry,
          { input: p.x, kernel: p.k },
          { region: interior(p.geometry), outputs: p.expected.values.length },
        )
  const tolerance = p.isBytes
    ? { errorBound, slack: levels, dtype: 'uint8' as const }
    : { errorBound }
  return compareWithDefinition(expected, inLayout(values, p.outputShape, layout), tolerance)
}

/** A sentence about an output that is wrong; undefined for a right result. */
export function faultText({ fault }: Comparison, p: Problem): string | undefined {
  if (fault === undefined) return undefined
  const { index, actual, expected, bound } = fault
  return (
    `output [${index}] of ${p.text} is ${actual}, but the definition gives ${expected} (± ` +
    `${bound.toExponential(1)})`
  )
}

/** A view of values in any layout, as [batch, filters, …outputs]. */
function inLayout(values: ArrayLike<number>, shape: readonly number[], layout: Layout): NdArray {
  const data = ArrayBuffer.isView(values)
    ? (values as unknown as Float32Array)
    : Float64Array.from(values)
  if (layout === 'channels-first') return ndarray(data, shape)
  const [batch = 1, filters = 1, ...axes] = shape
  const last = axes.length + 1
  return transpose(ndarray(data, [batch, ...axes, filters]), [
    0,
    last,
    ...axes.map((_, a) => a + 1),
  ])
}

/** The outputs whose windows read no border. */
function interior({ axes }: ConvGeometry): { start: number[]; shape: number[] } {
  const ranges = axes.map(({ input, kernel, stride, dilation, before, output }) => {
    const first = Math.max(0, Math.ceil(before / stride))
    const end = Math.floor((input - 1 - dilation * (kernel - 1) + before) / stride) + 1
    return { first, count: Math.max(0, Math.min(end, output) - first) }
  })
  return { start: ranges.map(({ first }) => first), shape: ranges.map(({ count }) => count) }
}
