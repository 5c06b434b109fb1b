/**
 * What happens to an array before the convolution: padding, crops, flips, zeros between samples,
 * windows, another order of the axes. Each change is a step from one description to the next; no
 * sample is touched.
 */

import type { Boundary } from 'stridefold/sync'
import { constantOf, isConstant, maxWrapPad, type Pair } from '../arrays-and-borders.ts'
import { notRead } from './wording.ts'

/** An array of the caller: a variable, or a literal whose shape is known. */
export interface Source {
  readonly name: string
  readonly shape?: readonly number[]
  /** The values of a literal. */
  readonly values?: readonly number[]
}

export interface ArrayValue {
  readonly kind: 'array'
  readonly source: Source
  readonly steps: readonly Step[]
}

export interface Axis {
  /** The axis of the source array; undefined for an axis of extent 1 that was inserted. */
  readonly source: number | undefined
  /** The whole axis, one of the two parts of an axis that was split, or the taps of a window. */
  readonly part: 'whole' | 'group' | 'within' | 'tap'
  readonly extent: number
  readonly before: number
  readonly after: number
  readonly border: Boundary
  /** Which padding step gave the border: a later one decides where two constants meet. */
  readonly order: number
  readonly isCropped: boolean
  /** D − 1 zeros lie between neighbouring samples. */
  readonly spread: number
  readonly isReversed: boolean
  /** The step of subscripts on windows, or between the taps of a window. */
  readonly step: number
  /** The extent of the windows along this axis; 0 without windows. */
  readonly window: number
}

export interface Tensor {
  readonly name: string
  /** The shape of the source array. */
  readonly shape: readonly number[]
  readonly axes: readonly Axis[]
  /** How many padding steps there were. */
  readonly pads: number
}

/** Gives the shape of an array of the caller. */
export type Binding = (source: Source) => readonly number[]

export type Step = (tensor: Tensor, bind: Binding) => Tensor

export const makeAxis = (source: number | undefined, extent: number): Axis => ({
  source,
  part: 'whole',
  extent,
  before: 0,
  after: 0,
  border: 'zero',
  order: 0,
  isCropped: false,
  spread: 1,
  isReversed: false,
  step: 1,
  window: 0,
})

export function tensorOf({ source, steps }: ArrayValue, bind: Binding): Tensor {
  const shape = bind(source)
  const start: Tensor = {
    name: source.name,
    shape,
    axes: shape.map((extent, a) => makeAxis(a, extent)),
    pads: 0,
  }
  return steps.reduce((tensor, step) => step(tensor, bind), start)
}

export const withStep = (array: ArrayValue, step: Step): ArrayValue => ({
  ...array,
  steps: [...array.steps, step],
})

export const shapeOf = ({ axes }: Tensor): number[] => axes.map(({ extent }) => extent)

/** Whether nothing but the order of the axes has changed along this axis. */
export const isUntouched = (axis: Axis): boolean =>
  axis.before === 0 &&
  axis.after === 0 &&
  !axis.isCropped &&
  axis.spread === 1 &&
  !axis.isReversed &&
  axis.window === 0

const withAxes = (tensor: Tensor, axes: readonly Axis[]): Tensor => ({ ...tensor, axes })

export function axisIndex(axis: number, rank: number, call: string): number {
  const index = axis < 0 ? axis + rank : axis
  if (index >= 0 && index < rank) return index
  throw notRead(`${call} has axis ${axis}, but the array has ${rank} axes`, 'Correct the axis.')
}

export const sameConstant = (a: Boundary, b: Boundary): boolean =>
  isConstant(a) && isConstant(b) && Object.is(constantOf(a), constantOf(b))

/** One border that holds for a padding next to another of the same axis; undefined if none does. */
export const joinedBorder = (inner: Boundary, outer: Boundary): Boundary | undefined =>
  sameConstant(inner, outer) || (inner === 'edge' && outer === 'edge') ? inner : undefined

/**
 * Pads every axis. `isSinglePass`: the library pads by at most one length of the array.
 */
export const pad =
  (call: string, pads: readonly Pair[], border: Boundary, isSinglePass = false): Step =>
  (tensor) => {
    if (pads.length !== tensor.axes.length)
      throw notRead(
        `${call} pads ${pads.length} axes, but '${tensor.name}' has ${tensor.axes.length} there`,
        'Give one pair for each axis.',
      )
    const order = tensor.pads + 1
    const axes = tensor.axes.map((axis, a): Axis => {
      const [before, after] = pads[a]!
      if (before === 0 && after === 0) return axis
      if (axis.isCropped || axis.window > 0 || axis.part !== 'whole')
        throw notRead(`${call} pads axis ${a} after it was cut`, 'Pad first, then cut.')
      const longest = isSinglePass ? maxWrapPad(border, axis.extent) : Number.POSITIVE_INFINITY
      if (Math.max(before, after) > longest)
        throw notRead(
          `${call} covers at most ${longest} samples with this border for an extent of ` +
            `${axis.extent}, but axis ${a} has ${Math.max(before, after)}`,
          'The library rejects it: use less padding.',
        )
      const isPadded = axis.before > 0 || axis.after > 0
      const joined = isPadded ? joinedBorder(axis.border, border) : border
      if (joined === undefined)
        throw notRead(
          `${call} pads axis ${a} a second time, with another border`,
          'A case has one border for each axis.',
        )
      return {
        ...axis,
        extent: axis.extent + before + after,
        before: axis.before + before,
        after: axis.after + after,
        border: joined,
        order,
      }
    })
    return { ...tensor, axes, pads: order }
  }

/** A subscript along one axis: undefined keeps it, `'new'` inserts one of extent 1. */
export type Subscript =
  | 'new'
  | 'rest'
  | number
  | { readonly start?: number; readonly stop?: number; readonly step: number }

/** The first sample, the one after the last, for a step ≥ 1. */
export function sliceRange(
  { start, stop }: { readonly start?: number; readonly stop?: number },
  extent: number,
): readonly [start: number, stop: number] {
  const within = (index: number): number =>
    Math.min(Math.max(index < 0 ? index + extent : index, 0), extent)
  return [within(start ?? 0), within(stop ?? extent)]
}

/** Subscripts for all axes: `'rest'` and missing ones keep the axes that they stand for. */
export function completeSubscripts(
  items: readonly Subscript[],
  rank: number,
  name: string,
): Exclude<Subscript, 'rest'>[] {
  const keep: Subscript = { step: 1 }
  const given = items.filter((item) => item !== 'new' && item !== 'rest').length
  if (given > rank)
    throw notRead(
      `'${name}' has ${rank} axes there, but the subscript has ${given}`,
      'Check --input and --kernel.',
    )
  const missing = Array.from({ length: rank - given }, () => keep)
  const at = items.indexOf('rest')
  const all = at < 0 ? [...items, ...missing] : items.toSpliced(at, 1, ...missing)
  return all.filter((item) => item !== 'rest')
}

export const subscript =
  (items: readonly Subscript[]): Step =>
  (tensor) => {
    const { axes: old, name } = tensor
    let next = 0
    const axes: Axis[] = []
    for (const item of completeSubscripts(items, old.length, name)) {
      if (item === 'new') {
        axes.push(makeAxis(undefined, 1))
        continue
      }
      const axis = old[next]!
      if (typeof item === 'number') {
        if (axis.extent !== 1)
          throw notRead(
            `Index ${item} selects a part of '${name}', whose axis ${next} has ${axis.extent} ` +
              'samples',
            'Give the array that it selects as a variable of its own.',
          )
      } else axes.push(slicedAxis(axis, item, next, name))
      next++
    }
    return withAxes(tensor, axes)
  }

function slicedAxis(
  axis: Axis,
  slice: { readonly start?: number; readonly stop?: number; readonly step: number },
  a: number,
  name: string,
): Axis {
  const { start, stop, step } = slice
  if (step === -1 && start === undefined && stop === undefined && axis.window === 0)
    return { ...axis, isReversed: !axis.isReversed }
  const [from, to] = sliceRange(slice, axis.extent)
  const isWhole = from === 0 && to === axis.extent
  if (step >= 1 && isWhole && (axis.window > 0 || axis.part === 'tap'))
    return { ...axis, extent: Math.ceil(axis.extent / step), step: axis.step * step }
  if (step === 1 && isWhole) return axis
  if (step === 1 && to > from && axis.part === 'whole' && axis.window === 0 && !axis.isReversed)
    return {
      ...axis,
      extent: to - from,
      before: axis.before - from,
      after: axis.after - (axis.extent - to),
      isCropped: true,
    }
  throw notRead(
    `The subscript of axis ${a} of '${name}' skips samples before the convolution`,
    'Give the array that it selects as a variable of its own.',
  )
}

/** Puts zeros between the samples: writes the array into every `steps[a]`-th sample of zeros. */
export const spread =
  (steps: readonly number[], extents: (bind: Binding) => readonly number[]): Step =>
  (tensor, bind) => {
    const shape = extents(bind)
    const axes = tensor.axes.map((axis, a): Axis => {
      const step = steps[a] ?? 1
      const extent = (axis.extent - 1) * step + 1
      if (shape.length !== tensor.axes.length || shape[a] !== extent)
        throw notRead(
          `The zeros around '${tensor.name}' have the shape [${shape.join(', ')}], but the ` +
            `samples and the zeros between them need ${extent} along axis ${a}`,
          'Correct the shape of the zeros.',
        )
      if (step === 1) return axis
      if (!isUntouched({ ...axis, isReversed: false }))
        throw notRead(
          `'${tensor.name}' gets zeros between its samples after it was padded or cut`,
          'Insert the zeros first.',
        )
      return { ...axis, extent, spread: step }
    })
    return withAxes(tensor, axes)
  }

export const reverse =
  (axes: readonly number[] | undefined, call: string): Step =>
  (tensor) => {
    const rank = tensor.axes.length
    const reversed = new Set(
      axes?.map((axis) => axisIndex(axis, rank, call)) ?? tensor.axes.map((_, a) => a),
    )
    return withAxes(
      tensor,
      tensor.axes.map((axis, a) =>
        reversed.has(a) ? { ...axis, isReversed: !axis.isReversed } : axis,
      ),
    )
  }

export const permute =
  (order: readonly number[] | undefined, call: string): Step =>
  (tensor) => {
    const rank = tensor.axes.length
    const places =
      order?.map((axis) => axisIndex(axis, rank, call)) ?? tensor.axes.map((_, a) => rank - 1 - a)
    if (new Set(places).size !== rank || places.length !== rank)
      throw notRead(
        `${call} has [${places.join(', ')}], but '${tensor.name}' has ${rank} axes`,
        'Name every axis once.',
      )
    return withAxes(
      tensor,
      places.map((place) => tensor.axes[place]!),
    )
  }

/** The view of `numpy.lib.stride_tricks.sliding_window_view`: the taps become axes at the end. */
export const windows =
  (extents: readonly number[], axes: readonly number[] | undefined, call: string): Step =>
  (tensor) => {
    const rank = tensor.axes.length
    const places = (axes ?? tensor.axes.map((_, a) => a)).map((a) => axisIndex(a, rank, call))
    if (places.length !== extents.length)
      throw notRead(
        `${call} has windows of ${extents.length} axes for ${places.length} axes of ` +
          `'${tensor.name}'`,
        'Give axis, with one axis for each extent of the window.',
      )
    const widened = tensor.axes.map((axis, a): Axis => {
      const extent = extents[places.indexOf(a)]
      if (extent === undefined) return axis
      if (axis.window > 0 || axis.part !== 'whole' || axis.source === undefined)
        throw notRead(`${call} puts windows on axis ${a} twice`, 'Use one window for each axis.')
      if (extent > axis.extent)
        throw notRead(
          `${call} has a window of ${extent}, but axis ${a} has ${axis.extent} samples`,
          'Use a smaller window or more padding.',
        )
      return { ...axis, extent: axis.extent - extent + 1, window: extent }
    })
    const taps = places.map((place, i): Axis => {
      const axis = makeAxis(tensor.axes[place]!.source, extents[i]!)
      return { ...axis, part: 'tap' }
    })
    return withAxes(tensor, [...widened, ...taps])
  }

/** Another shape that keeps every axis, inserts or removes extents of 1, or splits one into two. */
export const reshape =
  (shape: (bind: Binding) => readonly number[], call: string): Step =>
  (tensor, bind) => {
    const total = shapeOf(tensor).reduce((all, extent) => all * extent, 1)
    const asked = shape(bind)
    const known = asked.reduce((all, extent) => (extent === -1 ? all : all * extent), 1)
    const wanted = asked.map((extent) => (extent === -1 ? total / known : extent))
    const refuse = (): never => {
      throw notRead(
        `${call} turns the shape [${shapeOf(tensor).join(', ')}] of '${tensor.name}' into ` +
          `[${wanted.join(', ')}]`,
        'It may insert or remove extents of 1, or split the channels into groups.',
      )
    }
    // From the last axis on, so that x.reshape(1, -1) inserts its first axis.
    const axes: Axis[] = []
    const old = [...tensor.axes]
    const left = [...wanted]
    while (left.length > 0 || old.length > 0) {
      const axis = old.at(-1)
      const extent = left.at(-1)
      const isSplit =
        axis !== undefined &&
        isUntouched(axis) &&
        axis.part === 'whole' &&
        extent !== undefined &&
        extent * (left.at(-2) ?? 0) === axis.extent
      if (axis !== undefined && axis.extent === extent) {
        axes.unshift(axis)
        old.pop()
        left.pop()
      } else if (extent === 1) {
        axes.unshift(makeAxis(undefined, 1))
        left.pop()
      } else if (axis !== undefined && axis.extent === 1 && isUntouched(axis)) old.pop()
      else if (isSplit) {
        axes.unshift(
          { ...axis, part: 'group', extent: left.at(-2)! },
          { ...axis, part: 'within', extent },
        )
        old.pop()
        left.splice(-2)
      } else refuse()
    }
    return withAxes(tensor, axes)
  }
