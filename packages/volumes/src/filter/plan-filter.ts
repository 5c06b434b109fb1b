/**
 * From an operation and an array to what computes boxes of the whole result. A box has all axes of
 * the array; the plan knows only the axes of space. Over channels and times the filter loops.
 */

import { type DType, type NdArray, ndarray, type TypedArray } from 'stridefold'
import { planBoxes } from 'stridefold/boxes'
import { product } from '../arrays/boxes.ts'
import type { ArrayInfo, Range } from '../arrays/stored-array.ts'
import { extentsOf, positionsIn } from '../cut/grid.ts'
import { lengthOf } from '../cut/memory-bound.ts'
import type { Boxes } from './boxes.ts'
import { elementsOf } from './elements.ts'
import { missingBoxes } from './missing-boxes.ts'
import { type Operation, weightsOf } from './operation.ts'
import { copyInto, copyOut } from './parts.ts'

/** What computes the boxes, and what is said of it. */
type Choice = Pick<
  Boxes,
  | 'algorithm'
  | 'backend'
  | 'reason'
  | 'cutKeepsBits'
  | 'why'
  | 'errorBound'
  | 'form'
  | 'outputDType'
>

/** Computes boxes of a result with all axes. */
export interface FilterPlan extends Choice, Pick<Boxes, 'readsOf' | 'bytesOf' | 'dispose'> {
  readonly outputShape: readonly number[]
  readonly quantum: readonly number[]
  /** Computes a box: `samples` and `results` are dense. */
  run(
    box: readonly Range[],
    samples: TypedArray,
    results: TypedArray,
    signal?: AbortSignal,
  ): Promise<void>
}

export interface PlanFilterOptions {
  /** The form of another plan of the same problem. */
  readonly form?: unknown
  readonly threads?: number | 'auto'
}

export async function planFilter(
  operation: Operation,
  { shape, dtype }: Pick<ArrayInfo, 'shape' | 'dtype'>,
  options: PlanFilterOptions = {},
): Promise<FilterPlan> {
  const { spatialAxes } = operation
  const boxes = await spatialBoxes(
    operation,
    spatialAxes.map((a) => shape[a]!),
    dtype,
    options,
  )
  const loopAxes = shape.map((_, a) => a).filter((a) => !spatialAxes.includes(a))
  // Slices of the leading axes lie one behind the other: they need no copy.
  const isLeading = loopAxes.every((a, i) => a === i)
  const spatial = (box: readonly Range[]): Range[] => spatialAxes.map((a) => box[a]!)
  const whole = <T>(perSpace: readonly T[], perLoop: (a: number) => T): T[] =>
    shape.map((_, a) => {
      const at = spatialAxes.indexOf(a)
      return at < 0 ? perLoop(a) : perSpace[at]!
    })
  const readsOf = (box: readonly Range[]): readonly (readonly Range[])[] =>
    whole<readonly Range[]>(boxes.readsOf(spatial(box)), (a) => [box[a]!])
  const bytesOfSlices = (box: readonly Range[]): number =>
    product(boxes.readsOf(spatial(box)).map(lengthOf)) * elementsOf(dtype).bytes +
    product(extentsOf(spatial(box))) * elementsOf(boxes.outputDType).bytes
  return {
    ...pick(boxes),
    outputShape: whole(boxes.outputShape, (a) => shape[a]!),
    quantum: whole(boxes.quantum, () => 1),
    readsOf,
    bytesOf: (box) => boxes.bytesOf(spatial(box)) + (isLeading ? 0 : bytesOfSlices(box)),
    dispose: () => boxes.dispose(),
    run: async (box, samples, results, signal) => {
      const space = spatial(box)
      const [inShape, outShape] = [readsOf(box).map(lengthOf), extentsOf(box)]
      const inExtents = spatialAxes.map((a) => inShape[a]!)
      const outExtents = extentsOf(space)
      const [inCount, outCount] = [product(inExtents), product(outExtents)]
      const computeSlice = async (from: TypedArray, to: TypedArray): Promise<void> => {
        signal?.throwIfAborted()
        await boxes.run(space, ndarray(from, inExtents), {
          out: ndarray(to, outExtents),
          ...(signal && { signal }),
        })
      }
      const loops = loopAxes.map((a): Range => [0, outShape[a]!])
      if (isLeading) {
        for (let i = 0; i < product(extentsOf(loops)); i++)
          await computeSlice(
            samples.subarray(i * inCount, (i + 1) * inCount),
            results.subarray(i * outCount, (i + 1) * outCount),
          )
        return
      }
      const from = elementsOf(dtype).create(inCount)
      const to = elementsOf(boxes.outputDType).create(outCount)
      for (const position of positionsIn(loops)) {
        const at = shape.map((_, a) => position[loopAxes.indexOf(a)] ?? 0)
        const slice = (all: readonly number[]): number[] =>
          all.map((extent, a) => (loopAxes.includes(a) ? 1 : extent))
        copyOut(samples, inShape, at, from, slice(inShape))
        await computeSlice(from, to)
        copyInto(results, outShape, at, ndarray(to, slice(outShape)))
      }
    },
  }
}

const pick = ({
  algorithm,
  backend,
  reason,
  cutKeepsBits,
  why,
  errorBound,
  form,
  outputDType,
}: Boxes): Choice => ({
  algorithm,
  backend,
  reason,
  cutKeepsBits,
  why,
  errorBound,
  form,
  outputDType,
})

async function spatialBoxes(
  operation: Operation,
  inputShape: readonly number[],
  inputDType: DType,
  { form, threads }: PlanFilterOptions,
): Promise<Boxes> {
  const { call, boundary, mode, stride, dilation, missing, minimumPresent } = operation
  const { algorithm, backend, accuracy, deterministic, dtype } = operation
  const kernel = kernelOf(operation, inputDType)
  const computation = { algorithm, backend, accuracy, deterministic, ...(threads && { threads }) }
  const windows = { mode, stride, dilation }
  if (missing !== undefined || boundary.includes('missing'))
    return missingBoxes({
      ...{ call, inputShape, inputDType, kernel, minimumPresent, boundary, windows, computation },
      outputDType: dtype,
      isNaNMissing: missing === 'nan',
    } as Parameters<typeof missingBoxes>[0])
  return planBoxes(call, inputShape, kernel, {
    ...{ inputDType, outputDType: dtype, ...windows, boundary, ...computation },
    ...(form !== undefined && form !== null && { form }),
  } as Parameters<typeof planBoxes>[3])
}

/** The kernel in the type of the sums. */
function kernelOf({ kernel, dtype }: Operation, inputDType: DType): NdArray {
  const weights = weightsOf(kernel)
  const isDouble =
    kernel.isFloat64 ||
    elementsOf(inputDType).compute === 'float64' ||
    elementsOf(dtype).compute === 'float64'
  return ndarray(isDouble ? weights : Float32Array.from(weights), kernel.shape)
}
