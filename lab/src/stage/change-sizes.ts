/**
 * Changes of kernel size, stride, padding and dilation that keep the user's numbers: the kernel
 * keeps its name or its weights, and the window stays at the same part of the input.
 *
 * A series of changes starts from the kernel and the place before the first of them. So a slider
 * that goes back restores both.
 */

import { type AxisGeometry, type ConvGeometry, formatCase, parseCase } from 'stridefold/sync'
import { kernelRange, plainValues } from '../model/plain-values.ts'
import { fitsStage, isPlain } from '../state/fits-stage.ts'
import type { LabState } from '../state/state.ts'
import { change, state } from '../state/store.ts'
import { problemWith } from '../state/valid.ts'
import { type KernelName, nameOf } from './kernels.ts'
import { resizedKernel, type SizedKernel } from './resize-kernel.ts'
import { place } from './stage.ts'
import type { Place } from './stage-model.ts'

/** The direction of an axis. A signal has only x. */
export type Direction = 'x' | 'y'
/** The numbers of an axis that can be changed. */
export type AxisEdit = Partial<
  Pick<AxisGeometry, 'kernel' | 'stride' | 'dilation' | 'before' | 'after'>
>
export type Edit = (axis: AxisGeometry, direction: Direction) => AxisEdit

export const directionOf = ({ axes }: Pick<ConvGeometry, 'axes'>, number: number): Direction =>
  number === axes.length - 1 ? 'x' : 'y'
export const axisOf = (
  { axes }: Pick<ConvGeometry, 'axes'>,
  direction: Direction,
): AxisGeometry | undefined => (direction === 'x' ? axes.at(-1) : axes.at(-2))

/** The samples from the first to the last that one window reads. */
export const spanOf = ({ kernel, dilation }: AxisGeometry): number => dilation * (kernel - 1) + 1

const edited = (g: ConvGeometry, edit: Edit): string =>
  formatCase({
    ...g,
    axes: g.axes.map((axis, a) => ({ ...axis, ...edit(axis, directionOf(g, a)) })),
  })

/** Why sizes cannot be chosen: the window is larger than the input, or the screen is too slow. */
export type Refusal = 'window' | 'products'

/** The reason why an edit cannot be made; undefined if it can. */
export function refusal(edit: Edit): Refusal | undefined {
  const { problem, input, kernel } = state.value
  const next = edited(parseCase(problem), edit)
  if (problemWith(next) !== undefined) return 'window'
  return fitsStage({ problem: next, input, kernel }) ? undefined : 'products'
}

/** Where a series of changes started, and what it has made. */
interface Series {
  readonly kernel: SizedKernel
  readonly name: KernelName | undefined
  /** The sample in the middle of the window. */
  readonly centre: Place
  readonly made: Pick<LabState, 'problem' | 'kernel' | 'divisor'>
  readonly place: Place
}
let series: Series | undefined

function currentSeries(g: ConvGeometry): Omit<Series, 'made' | 'place'> {
  const { kernel: numbers, problem, divisor } = state.peek()
  const isSame =
    series?.made.problem === problem &&
    series.made.kernel === numbers &&
    series.made.divisor === divisor
  const now = place.peek()
  const centre =
    isSame && series!.place.x === now.x && series!.place.y === now.y
      ? series!.centre
      : { x: centreAt(axisOf(g, 'x'), now.x), y: centreAt(axisOf(g, 'y'), now.y) }
  if (isSame) return { ...series!, centre }
  const kernel = sizedKernel(g)
  return {
    kernel,
    name: nameOf(kernel.values, kernel.divisor, kernel.width, kernel.height),
    centre,
  }
}

/** The kernel as it multiplies. That of a convolution is the given one turned by 180°. */
function sizedKernel(g: ConvGeometry): SizedKernel {
  const { kernel, divisor } = state.peek()
  if (!isPlain(kernel)) throw new Error('The stage has no such kernel.')
  const shape = [1, 1, ...g.axes.map((axis) => axis.kernel)]
  return {
    values: turnedIf(g.flip, plainValues(kernel, shape, kernelRange)),
    divisor,
    width: axisOf(g, 'x')!.kernel,
    height: axisOf(g, 'y')?.kernel ?? 1,
  }
}

const turnedIf = (flip: boolean, values: readonly number[]): readonly number[] =>
  flip ? [...values].reverse() : values

/** The sample in the middle of a window. It may be outside the input, or between two samples. */
const centreAt = (axis: AxisGeometry | undefined, output: number): number =>
  axis ? output * axis.stride - axis.before + (spanOf(axis) - 1) / 2 : 0

/** The output whose window has its middle nearest to a sample. */
export function outputNear(axis: AxisGeometry | undefined, centre: number): number {
  if (!axis) return 0
  const output = Math.round((centre + axis.before - (spanOf(axis) - 1) / 2) / axis.stride)
  return Math.max(0, Math.min(axis.output - 1, output))
}

/** Changes the sizes. Does nothing if the edit is refused. */
export function changeSizes(edit: Edit): void {
  if (refusal(edit) !== undefined) return
  const g = parseCase(state.peek().problem)
  const from = currentSeries(g)
  const next = parseCase(edited(g, edit))
  const [x, y] = [axisOf(next, 'x')!, axisOf(next, 'y')]
  const to = { x: outputNear(x, from.centre.x), y: outputNear(y, from.centre.y) }
  const { values, divisor } = resizedKernel(from.kernel, from.name, x.kernel, y?.kernel ?? 1)
  // The numbers that follow from a seed stay so until the size changes.
  const isResized = next.axes.some((axis, a) => axis.kernel !== g.axes[a]!.kernel)
  const made = {
    problem: formatCase(next),
    kernel: isResized ? { values: turnedIf(g.flip, values) } : state.peek().kernel,
    divisor: isResized ? divisor : state.peek().divisor,
  }
  change({ ...made, focus: { output: [0, 0, ...(y ? [to.y, to.x] : [to.x])] }, tap: undefined })
  series = { ...from, made, place: to }
}

/** Changes the rule for samples outside the input, along all axes. */
export function changeBorder(rule: ConvGeometry['boundary'][number]): void {
  const g = parseCase(state.peek().problem)
  change({ problem: formatCase({ ...g, boundary: g.axes.map(() => rule) }) })
}

/** Turns the kernel by 180° before it multiplies, or no longer. */
export function changeFlip(flip: boolean): void {
  const g = parseCase(state.peek().problem)
  change({ problem: formatCase({ ...g, flip }) })
}
