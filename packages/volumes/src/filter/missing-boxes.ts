/**
 * Boxes of a filter that leaves missing samples out (docs/missing.md of the library): one call of
 * `correlate` or `convolve` per box, on the box's window.
 *
 *   window   every sample that the results of the box read, border included: mode 'valid' gives
 *            exactly the results of the box
 *
 * How a call computes depends on how many samples are missing in its window. So the bits of a
 * result depend on the cut, within the error bound of the sums.
 */

import {
  type ConvolveOptions,
  convolve,
  correlate,
  type DType,
  geometry,
  type NdArray,
  ndarray,
  plan,
  type TypedArray,
} from 'stridefold'
import { product } from '../arrays/boxes.ts'
import type { Range } from '../arrays/stored-array.ts'
import { extentsOf } from '../cut/grid.ts'
import type { Boxes } from './boxes.ts'
import { elementsOf } from './elements.ts'
import { type Border, constantOf, placeIn, rangesOfWindow, sourceIndex } from './window-border.ts'

export interface MissingRequest {
  readonly call: 'correlate' | 'convolve'
  readonly inputShape: readonly number[]
  readonly inputDType: DType
  readonly outputDType: DType
  readonly kernel: NdArray
  readonly isNaNMissing: boolean
  readonly minimumPresent: number | undefined
  /** One per axis. */
  readonly boundary: readonly Border[]
  readonly windows: Pick<ConvolveOptions, 'mode' | 'stride' | 'dilation'>
  readonly computation: Pick<ConvolveOptions, 'algorithm' | 'backend' | 'accuracy' | 'threads'>
}

export function missingBoxes(request: MissingRequest): Boxes {
  const { call, inputShape, kernel, boundary, outputDType, computation } = request
  const { stride, dilation } = request.windows
  const whole = geometry(call, inputShape, kernel.shape, request.windows)
  const compute = elementsOf(request.inputDType).compute === 'float64' ? 'float64' : kernel.dtype
  const windowDType = compute as 'float32' | 'float64'
  const options: Omit<ConvolveOptions, 'boundary'> = {
    ...computation,
    mode: 'valid',
    ...(stride !== undefined && { stride }),
    ...(dilation !== undefined && { dilation }),
  }
  const windowOf = (box: readonly Range[]): Range[] =>
    whole.axes.map(({ stride, dilation, before, kernel: taps }, a) => {
      const [start, end] = box[a]!
      return [start * stride - before, (end - 1) * stride - before + (taps - 1) * dilation + 1]
    })
  const readsOf = (box: readonly Range[]): Range[][] =>
    windowOf(box).map((window, a) => rangesOfWindow(window, inputShape[a]!, boundary[a]!))
  const planned = plan(call, [...inputShape].map(smallExtent), kernel.shape, {
    ...options,
    kernel,
    dtype: windowDType,
  })
  return {
    inputShape,
    outputShape: whole.axes.map(({ output }) => output),
    outputDType,
    algorithm: planned.algorithm,
    backend: planned.backend,
    reason: 'sums over the samples that are present',
    cutKeepsBits: false,
    why: 'how a sum leaves missing samples out depends on how many are missing in its box',
    errorBound: undefined,
    quantum: inputShape.map(() => 1),
    form: null,
    readsOf,
    bytesOf: (box) =>
      (windowArrays * product(extentsOf(windowOf(box))) + resultArrays * product(extentsOf(box))) *
      elementsOf(windowDType).bytes,
    run: async (box, samples, { out, signal }) => {
      const window = windowWithBorder(windowOf(box), readsOf(box), samples, request, windowDType)
      const filter = call === 'correlate' ? correlate : convolve
      return filter(window.samples, kernel, {
        ...options,
        missing: window.mask ?? 'nan',
        ...(request.minimumPresent !== undefined && { minimumPresent: request.minimumPresent }),
        dtype: outputDType,
        out,
        ...(signal && { signal }),
      })
    },
    dispose: () => {},
  }

  /** Windows are small: the choice for the whole array would refuse what is too large. */
  function smallExtent(extent: number, a: number): number {
    const { kernel: taps, dilation, stride } = whole.axes[a]!
    return Math.min(extent, Math.max(512, 4 * ((taps - 1) * dilation + stride)))
  }
}

/**
 * Arrays as large as the window, and as the results, that a call makes: the window with its border,
 * a copy that is filled, the presence, and the sums with k and |k|.
 */
const windowArrays = 5
const resultArrays = 6

interface WindowArray {
  readonly samples: NdArray
  /** 0 where a sample is missing. Undefined: where it is NaN. */
  readonly mask: NdArray | undefined
}

/** The samples of a window, and those of its border. */
function windowWithBorder(
  window: readonly Range[],
  reads: readonly (readonly Range[])[],
  samples: NdArray,
  { inputShape, boundary, isNaNMissing }: MissingRequest,
  dtype: 'float32' | 'float64',
): WindowArray {
  const shape = extentsOf(window)
  const data: TypedArray = elementsOf(dtype).create(product(shape))
  const mask = isNaNMissing ? undefined : new Uint8Array(data.length).fill(1)
  const places = window.map(([start, end], a) =>
    Array.from({ length: end - start }, (_, i): Place => {
      const index = sourceIndex(start + i, inputShape[a]!, boundary[a]!)
      return index === undefined
        ? { at: undefined, border: boundary[a]! }
        : { at: placeIn(reads[a]!, index) * samples.strides[a]!, border: boundary[a]! }
    }),
  )
  const fill = (axis: number, to: number, from: number): void => {
    const inside = product(shape.slice(axis + 1))
    for (const [i, { at, border }] of places[axis]!.entries()) {
      const start = to + i * inside
      // A constant of an earlier axis wins over the borders of the axes inside.
      if (at === undefined) {
        data.fill(constantOf(border), start, start + inside)
        if (border === 'missing') mask?.fill(0, start, start + inside)
      } else if (inside === 1) data[start] = samples.data[from + at]!
      else fill(axis + 1, start, from + at)
    }
  }
  fill(0, 0, samples.offset)
  return { samples: ndarray(data, shape), mask: mask && ndarray(mask, shape) }
}

/** Where a coordinate of the window lies in the samples; undefined where its border is constant. */
interface Place {
  readonly at: number | undefined
  readonly border: Border
}
