/**
 * The weighting of the page's problem: its alignment to the signal, and the same problem with
 * another weighting, width or alignment.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import { analyzeKernel, type ConvGeometry, formatCase, slice } from 'stridefold/sync'
import type { LabState, WeightingName } from '../state/state.ts'
import { product } from './numbers.ts'
import { highlight, viewModel } from './shared.ts'
import { weightsOf } from './values-of.ts'
import type { ViewModel } from './view-model.ts'

/** The samples that a result sees, relative to the place where it is stored. */
export const alignments = ['causal', 'centred', 'valid', 'full'] as const
export type Alignment = (typeof alignments)[number]

const paddingFor: Readonly<
  Record<Alignment, (span: number) => readonly [before: number, after: number]>
> = {
  causal: (span) => [span, 0],
  centred: (span) => [span >> 1, span - (span >> 1)],
  valid: () => [0, 0],
  full: (span) => [span, span],
}

/** The first alignment with this padding; undefined if there is none. */
export function alignmentOf(g: ConvGeometry): Alignment | undefined {
  const { before, after, dilation, kernel } = g.axes[0]!
  return alignments.find(
    (name) => paddingFor[name](dilation * (kernel - 1)).join() === [before, after].join(),
  )
}

/** Whether every sum uses only samples up to the place of its result. */
export function isCausal(g: ConvGeometry): boolean {
  const { before, dilation, kernel } = g.axes[0]!
  return before >= dilation * (kernel - 1)
}

interface WeightingRequest {
  /** Undefined: the current weights, cut off or extended with zeros. */
  readonly name: WeightingName | undefined
  readonly width: number
  readonly alignment: Alignment | undefined
  readonly flip: boolean
}

/** Returns the problem and kernel for the same signal with another weighting. */
export function withWeighting(
  { geometry: g, shapes }: ViewModel,
  { kernel, divisor }: Pick<LabState, 'kernel' | 'divisor'>,
  { name, width, alignment, flip }: WeightingRequest,
): Pick<LabState, 'problem' | 'kernel' | 'divisor'> {
  const axis = g.axes[0]!
  const [before, after] = alignment
    ? paddingFor[alignment](axis.dilation * (width - 1))
    : [axis.before, axis.after]
  const problem = formatCase({ ...g, flip, axes: [{ ...axis, kernel: width, before, after }] })
  if (name) return { problem, kernel: { weighting: name }, divisor: 1 }
  if (width === axis.kernel) return { problem, kernel, divisor }
  const values = weightsOf({ kernel, divisor }, shapes.kernel)
  const rows = Array.from({ length: product(shapes.kernel.slice(0, 2)) }, (_, row) => {
    const rowWeights = values.slice(
      row * axis.kernel,
      row * axis.kernel + Math.min(width, axis.kernel),
    )
    return [...rowWeights, ...new Array<number>(width - rowWeights.length).fill(0)]
  })
  return { problem, kernel: { values: rows.flat() }, divisor: 1 }
}

/** The filter and channel of the first highlighted product. */
const plane: ReadonlySignal<string> = computed(() =>
  (highlight.value.taps[0]?.kernel ?? [0, 0]).slice(0, 2).join(),
)

export const shownPlane: ReadonlySignal<readonly [filter: number, channel: number]> = computed(
  () => {
    const [filter = 0, channel = 0] = plane.value.split(',').map(Number)
    return [filter, channel]
  },
)

/** The properties of the weights of that plane. */
export const weightProperties: ReadonlySignal<ReturnType<typeof analyzeKernel>> = computed(() =>
  analyzeKernel(slice(viewModel.value.kernel, ...shownPlane.value)),
)

/** Divides every row of weights by its sum, if that is not 0. */
export function normaliseRows(weights: readonly number[], width: number): readonly number[] {
  return Array.from({ length: weights.length / width }, (_, row) => {
    const rowWeights = weights.slice(row * width, (row + 1) * width)
    const { zeroSum, sum } = analyzeKernel(rowWeights)
    return zeroSum ? rowWeights : rowWeights.map((weight) => weight / sum)
  }).flat()
}
