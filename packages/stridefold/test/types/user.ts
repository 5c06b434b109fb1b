/**
 * A file of a user, which the compiler checks: with the source, and with the published types in the
 * oldest and in the current TypeScript (types.test.ts). It is never run.
 */

import {
  type ArrayInput,
  asNdArray,
  asStrided,
  type ConvolveOptions,
  col2im,
  contiguous,
  conv2d,
  conv2dSync,
  convBiasGradient,
  convInputGradient,
  convTranspose1d,
  convTransposeInputGradient,
  convTransposeWeightGradient,
  convWeightGradient,
  correlate,
  correlateSync,
  type DType,
  flip,
  im2col,
  type NdArray,
  ndarray,
  type Pipeline,
  type PipelineStep,
  type Plan,
  pipeline,
  plan,
  planCase,
  reshape,
  slice,
  slidingWindows,
  toeplitz,
  transpose,
  zeros,
} from 'stridefold'
import { type Range as BoxRange, planBoxes } from 'stridefold/boxes'
import { readNpy, writeNpy } from 'stridefold/npy'
import { convolve as convolveNow } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import { is } from './assert.ts'

type Float = 'float32' | 'float64'

/** Values of these types, which no code makes. */
export interface Values {
  readonly bytes: NdArray<'uint8'>
  readonly floats: NdArray<'float32'>
  readonly doubles: NdArray<'float64'>
  readonly integers: NdArray<'int32'>
  readonly halves: NdArray<'float16'>
  readonly some: NdArray
  readonly input: ArrayInput
  readonly dtype: DType
  // biome-ignore lint/suspicious/noExplicitAny: data of a message has this type
  readonly message: any
}

export function arrays({ bytes, floats, halves, some, input, dtype, message }: Values): void {
  is<InstanceType<typeof Uint8Array>>()(bytes.data)
  is<'uint8'>()(bytes.dtype)
  // Where typed arrays have a type parameter, the data are those of an ArrayBuffer.
  new Blob([bytes.data])
  is<NdArray<'float32'>>()(ndarray(new Float32Array(4), [2, 2]))
  is<NdArray<'uint8c'>>()(ndarray(new Uint8ClampedArray(4)))
  is<NdArray<'float32'>>()(ndarray([[1, 2]]))
  is<NdArray<'float32'>>()(zeros([2]))
  is<NdArray<'int16'>>()(zeros([2], 'int16'))
  is<InstanceType<typeof Int16Array>>()(zeros([2], 'int16').data)
  is<NdArray>()(zeros([2], dtype))
  is<NdArray<'float16'>>()(zeros([2], 'float16'))
  is<NdArray<'float16'>>()(flip(halves))
  is<NdArray<'float16'>>()(ndarray(halves.data.subarray(1)))
  is<number>()(halves.data.map((value) => value / 2).length)
  is<NdArray<'uint8'>>()(slice(bytes, null, 0))
  is<NdArray<'uint8'>>()(transpose(bytes))
  is<NdArray<'uint8'>>()(flip(bytes))
  is<NdArray<'uint8'>>()(reshape(bytes, [-1]))
  is<NdArray<'uint8'>>()(contiguous(bytes))
  is<NdArray<'uint8'>>()(asStrided(bytes))
  is<NdArray<'uint8'>>()(slidingWindows(bytes, 3))
  is<NdArray<'float64'>>()(slice(new Float64Array(3), 0))
  is<NdArray<'float64'>>()(asNdArray({ data: new Float64Array(3), shape: [3] }))
  is<NdArray<'float32'>>()(flip([1, 2, 3]))
  is<NdArray>()(asNdArray(message))
  is<NdArray>()(contiguous(input))
  const one: NdArray = bytes
  const either: NdArray<'uint8' | 'float32'> = bytes
  is<InstanceType<typeof Uint8Array> | InstanceType<typeof Float32Array>>()(either.data)
  some.release()
  one.release()
  // @ts-expect-error: bytes are no floats
  const other: NdArray<'float32'> = bytes
  other.release()
  // @ts-expect-error: the dtype of this array may be any other
  const narrowed: NdArray<'uint8'> = some
  narrowed.release()
  // @ts-expect-error: no dtype has this name
  zeros([2], 'float16x')
  // @ts-expect-error: arrays are read-only, their elements are not
  floats.offset = 1
  floats.data[0] = 1
}

export async function calls(values: Values, options: ConvolveOptions): Promise<void> {
  const { bytes, floats, doubles, integers, halves, some, input, dtype, message } = values
  is<NdArray<'float32'>>()(await correlate(halves, halves))
  is<NdArray<'float64'>>()(await correlate(halves, doubles))
  is<NdArray<'float16'>>()(await correlate(halves, floats, { dtype: 'float16' }))
  is<NdArray<'uint8'>>()(await correlate(bytes, floats, { dtype: 'uint8' }))
  is<InstanceType<typeof Uint8Array>>()(
    (await correlate(bytes, floats, { mode: 'valid', dtype: 'uint8' })).data,
  )
  is<NdArray<'uint8'>>()(correlateSync(bytes, floats, { dtype: 'uint8' }))
  is<NdArray<'uint8'>>()(convolveNow(bytes, floats, { dtype: 'uint8' }))
  // Without dtype the operands decide.
  is<NdArray<'float32'>>()(await correlate(bytes, floats))
  is<NdArray<'float32'>>()(await correlate(bytes, [1, 2, 1], { stride: 2 }))
  is<NdArray<'float32'>>()(await correlate([1, 2, 3], [1]))
  is<NdArray<'float32'>>()(await correlate(new Uint8Array(9), new Float32Array(3)))
  is<NdArray<'float64'>>()(await correlate(bytes, doubles))
  is<NdArray<'float64'>>()(await correlate(integers, floats))
  is<NdArray<'float64'>>()(await correlate([1, 2, 3], new Float64Array(1)))
  is<NdArray<'float64'>>()(await correlate({ data: new Int32Array(4), shape: [2, 2] }, [[1]]))
  is<NdArray<'float64'>>()(await correlate(doubles, input))
  is<NdArray<Float>>()(await correlate(input, floats))
  is<NdArray<Float>>()(await correlate(some, [1]))
  is<NdArray<Float>>()(await correlate(message, [1]))
  is<NdArray>()(await correlate(floats, floats, options))
  is<NdArray>()(await correlate(floats, floats, { dtype }))
  is<NdArray<'float64'>>()(await correlate(floats, doubles, {}))
  // An out of a known type gives that type.
  is<NdArray<'uint8'>>()(
    await correlate(input, input, { dtype: 'uint8', out: zeros([3], 'uint8') }),
  )
  is<NdArray<'float32'>>()(await correlate(input, input, { out: zeros([3]) }))
  is<NdArray<'float64'>>()(await correlate(input, input, { out: new Float64Array(3) }))
  is<NdArray<'uint8'>>()(
    await correlate(input, input, { dtype, out: { data: new Uint8Array(3), shape: [3] } }),
  )
  is<NdArray<'float32'>>()(await correlate(floats, floats, { out: message }))
  // @ts-expect-error: a misspelt option
  await correlate(floats, floats, { strid: 2 })
  // @ts-expect-error: a value that no mode has
  await correlate(floats, floats, { mode: 'sam' })
  // @ts-expect-error: a text is no array
  await correlate('floats', floats)
}

export async function layers({ bytes, floats, doubles, input }: Values): Promise<void> {
  is<NdArray<'float32'>>()(await conv2d(bytes, floats, { padding: 1 }))
  is<NdArray<'float64'>>()(await conv2d(floats, doubles))
  is<NdArray<'int8'>>()(await conv2d(floats, floats, { padding: 'same', dtype: 'int8' }))
  is<NdArray<'float32'>>()(await conv2d(input, input, { out: zeros([1]) }))
  is<NdArray<'float32'>>()(conv2dSync(floats, floats, { bias: [1] }))
  is<NdArray<'float64'>>()(await convTranspose1d(doubles, floats, { outputPadding: 1 }))
  is<NdArray<'float32'>>()(await convInputGradient(floats, floats, [1, 1, 3]))
  is<NdArray<'float64'>>()(await convInputGradient(floats, doubles, [1, 1, 3], { stride: 2 }))
  is<NdArray<'float64'>>()(
    await convWeightGradient(floats, floats, [1, 1, 3], { dtype: 'float64' }),
  )
  is<NdArray<'float32'>>()(await convTransposeInputGradient(floats, floats, { out: zeros([1]) }))
  is<NdArray<'float64'>>()(await convTransposeWeightGradient(doubles, floats, [1, 1, 3]))
  is<NdArray<'float64'>>()(await convBiasGradient(doubles))
  is<NdArray<'float32'>>()(await convBiasGradient(floats, { layout: 'channels-last' }))
  is<NdArray<'uint16'>>()(await convBiasGradient(floats, { dtype: 'uint16' }))
  // @ts-expect-error: a gradient has no activation
  await convInputGradient(floats, floats, [1, 1, 3], { activation: 'relu' })
}

export function matrices({ bytes, doubles }: Values): void {
  is<NdArray<'float32'>>()(im2col(bytes, [3, 3]))
  is<NdArray<'float64'>>()(im2col(doubles, [3, 3], { mode: 'valid' }))
  is<NdArray<'uint8'>>()(im2col(bytes, [3, 3], { dtype: 'uint8' }))
  is<NdArray<'float64'>>()(col2im(doubles, [3], [2]))
  is<NdArray<'float32'>>()(toeplitz([1, 2], [3]).toDense())
  is<InstanceType<typeof Float64Array>>()(toeplitz(doubles, [3]).data)
}

export async function plans({ bytes, floats, doubles, input, dtype }: Values): Promise<void> {
  const p = plan('conv2d', [1, 1, 5, 5], [1, 1, 3, 3], { padding: 1 })
  is<Plan<undefined, 'float32'>>()(p)
  is<NdArray<'float32'>>()(p.runSync(bytes, floats))
  is<NdArray<'float64'>>()(p.runSync(bytes, doubles))
  is<NdArray<'float64'>>()(await p.run(doubles, floats))
  is<NdArray<Float>>()(await p.run(input, floats))
  is<NdArray<'float32'>>()(await p.run(input, input, zeros([1, 1, 5, 5])))
  is<NdArray<'float32'>>()(await p.run(input, input, { out: new Float32Array(25) }))
  is<NdArray<'float32'>>()(
    await p.run(floats, floats, { signal: new AbortController().signal, bias: [1] }),
  )
  is<NdArray<'float32'>>()(p.timeSync(floats, [[[[1]]]]).output)
  is<NdArray<'float32'>>()(p.prepare(floats).runSync(bytes))
  is<NdArray<'float64'>>()(p.prepare(doubles).runSync(bytes))
  is<NdArray<'float64'>>()(p.prepare(doubles).runSync(bytes, undefined, { bias: [1] }))
  const rounding = plan('correlate', [5], [3], { dtype: 'uint8' })
  is<NdArray<'uint8'>>()(rounding.runSync(input, input))
  is<NdArray<'uint8'>>()(await rounding.prepare(doubles).run(input))
  is<NdArray>()(plan('correlate', [5], [3], { dtype }).runSync(floats, floats))
  is<NdArray<'float64'>>()(plan('correlate', [5], [3], { kernel: doubles }).runSync(floats, floats))
  is<NdArray<Float>>()(planCase('5 * 3 f64').runSync(floats, floats))
  is<NdArray<'int16'>>()(planCase('5 * 3', { dtype: 'int16' }).runSync(floats, floats))
  const some: Plan[] = [p, rounding, p.prepare(doubles)]
  is<NdArray>()(some[0]!.runSync(floats, floats))
  // @ts-expect-error: arrays in place of shapes
  plan('correlate', floats, floats)
  // @ts-expect-error: an option of a layer
  plan('correlate', [5], [3], { groups: 2 })
  // @ts-expect-error: a run has no such option
  p.runSync(floats, floats, { out: zeros([1]), strid: 2 })
}

export function otherEntryPoints({ floats }: Values): void {
  const bytes: Uint8Array = writeNpy(floats)
  is<NdArray>()(readNpy(bytes))
  is<NdArray>()(readNpy(bytes, { name: 'x.npy' }))
  is<NdArray<'float16'>>()(readNpy(bytes, { dtype: 'float16' }))
  is<Float64Array>()(
    definition(planCase('5 * 3').geometry, { input: floats, kernel: floats }).values,
  )
}

export async function boxes({ bytes, floats, doubles }: Values): Promise<void> {
  const plan = await planBoxes('correlate', [5], floats, { boundary: 'wrap' })
  const box: readonly BoxRange[] = [[0, 5]]
  is<NdArray<'float32'>>()(await plan.run(box, floats))
  is<readonly (readonly BoxRange[])[]>()(plan.readsOf(box))
  is<NdArray<'float64'>>()(
    await (await planBoxes('correlate', [5], doubles)).run(box, floats, { out: doubles }),
  )
  const narrow = await planBoxes('convolve', [5], floats, {
    inputDType: 'uint8',
    outputDType: 'int16',
    form: JSON.parse(JSON.stringify(plan.form)),
  })
  is<NdArray<'int16'>>()(await narrow.run(box, bytes))
  const sums = await planBoxes('correlate', [5], floats, { dtype: 'float64' })
  is<'float64'>()(sums.outputDType)
  // @ts-expect-error: it belongs to a run
  await planBoxes('correlate', [5], floats, { out: floats })
  // @ts-expect-error: sums have a type of floats
  await planBoxes('correlate', [5], floats, { dtype: 'uint8' })
  // @ts-expect-error: an array in place of its shape
  await planBoxes('correlate', floats, floats)
}

export async function pipelines({ bytes, floats, doubles }: Values): Promise<void> {
  const steps: PipelineStep[] = [
    { call: 'conv2d', weight: floats, options: { padding: 'same', bias: [1], stride: [1, 2] } },
    { call: 'convTranspose2d', weight: floats, options: { outputPadding: 1 }, from: 'input' },
    { call: 'maxPool2d', size: [2, 3], padding: [[0, 1], 2] },
    { call: 'averagePool2d', size: 2, includePadding: false },
    { call: 'add', with: 0, from: 1 },
    { call: 'activation', activation: { name: 'leaky-relu', slope: 0.1 } },
  ]
  const net = pipeline(steps, { inputShape: [1, 3, 8, 8] })
  is<Pipeline<'float32'>>()(net)
  is<NdArray<'float32'>>()(net.runSync(bytes))
  is<NdArray<'float32'>>()(await net.run([[1]], floats))
  is<number>()(net.workspaceBytes)
  const precise = pipeline([{ call: 'maxPool1d', size: 2 }], {
    ...{ inputShape: [1, 3, 8], dtype: 'float64', layout: 'NWC' },
  } as const)
  is<NdArray<'float64'>>()(
    precise.runSync(doubles, { out: doubles, signal: new AbortController().signal }),
  )
  net.dispose()
  net[Symbol.dispose]()

  // @ts-expect-error: no such call
  pipeline([{ call: 'conv4d', weight: floats }], { inputShape: [1] })
  // @ts-expect-error: a layer needs a weight
  pipeline([{ call: 'conv2d' }], { inputShape: [1] })
  // @ts-expect-error: the layout belongs to the pipeline
  pipeline([{ call: 'conv2d', weight: floats, options: { layout: 'NHWC' } }], { inputShape: [1] })
  // @ts-expect-error: only transposed layers have it
  pipeline([{ call: 'conv2d', weight: floats, options: { outputPadding: 1 } }], { inputShape: [1] })
  // @ts-expect-error: a mean has it, a maximum has not
  pipeline([{ call: 'maxPool2d', size: 2, includePadding: true }], { inputShape: [1] })
  // @ts-expect-error: sums are floats
  pipeline([{ call: 'maxPool2d', size: 2 }], { inputShape: [1], dtype: 'uint8' })
  // @ts-expect-error: the shape of the input is needed
  pipeline([{ call: 'maxPool2d', size: 2 }], {})
}
