/**
 * Which calls must give the same bits on every engine? Each call sets `deterministic: true`. The
 * script scripts/deterministic-hashes.ts writes a hash of each result, and every engine must
 * reproduce it. Operands are random integers divided by a power of two, so they do not depend on
 * Math functions of the engine.
 */

import * as library from 'stridefold/sync'
import { type DType, dtypes } from '../src/ndarray/dtype.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { random } from './random-geometry.ts'

export interface DeterministicCase {
  readonly name: string
  compute(): library.NdArray
}

type Options = Readonly<Record<string, unknown>>
type Compute = (x: library.NdArray, k: library.NdArray, options: object) => library.NdArray

/** Fractions in [−1, 1) for float dtypes, integers in [0, 255] or [−128, 127] for the others. */
function filled(shape: readonly number[], dtype: DType, seed: number): library.NdArray {
  const next = random(seed)
  const { integer, min, create } = dtypes[dtype]
  const data = create(elementCount(shape))
  for (let i = 0; i < data.length; i++)
    data[i] = integer ? next(256) - (min < 0 ? 128 : 0) : (next(2 ** 24) - 2 ** 23) / 2 ** 23
  return library.ndarray(data, shape)
}

/** A 2-D kernel that is exactly the product of two 1-D kernels. */
function product(rows: number, columns: number): library.NdArray {
  const [u, v] = [filled([rows], 'int8', 5).data, filled([columns], 'int8', 6).data]
  return library.ndarray(
    Float32Array.from(
      { length: rows * columns },
      (_, i) => (u[Math.floor(i / columns)]! * v[i % columns]!) / 2 ** 17,
    ),
    [rows, columns],
  )
}

/** A separable kernel with 1 added to one weight, so that it has two terms. */
function sumOfTwo(rows: number, columns: number): library.NdArray {
  const weights = product(rows, columns)
  weights.data[Math.floor((rows * columns) / 2)]! += 1
  return weights
}

interface CallCase {
  readonly name: string
  readonly call: Compute
  readonly x: library.NdArray
  readonly k: library.NdArray
  readonly options?: Options
}

const imageCases: readonly CallCase[] = (
  ['float32', 'float64', 'uint8', 'int16', 'int32'] as const
).flatMap((dtype) =>
  [
    { algorithm: 'naive', boundary: 'edge' },
    { algorithm: 'strided', boundary: 'reflect' },
    { algorithm: 'im2col', boundary: 'wrap' },
    { algorithm: 'toeplitz', boundary: { constant: 0.3 } },
    { algorithm: 'separable', boundary: 'symmetric' },
    { algorithm: 'fft', boundary: 'zero' },
    { algorithm: 'auto', boundary: 'zero', mode: 'full' },
  ].map((options) => ({
    name: `picture of ${dtype}, ${options.algorithm}`,
    ...{
      call: library.correlate as Compute,
      x: filled([37, 53], dtype, 1),
      k: sumOfTwo(7, 7),
      options,
    },
  })),
)

const activations = ['relu6', 'sigmoid', 'tanh', { name: 'leaky-relu', slope: 0.1 }] as const

const layers: readonly CallCase[] = (['float32', 'float64'] as const).flatMap((dtype) =>
  ['naive', 'strided', 'im2col', 'winograd', 'fft', 'auto'].flatMap((algorithm) =>
    activations.map((activation, i) => ({
      name:
        `layer of ${dtype}, ${algorithm}, ` +
        `${typeof activation === 'object' ? activation.name : activation}`,
      call: library.conv2d as Compute,
      ...{
        x: filled([2, 9, 13 + i, 17], dtype, i),
        k: filled([6, 9, 3, 3 - (i % 2)], dtype, i + 9),
      },
      options: { algorithm, activation, padding: 1, bias: filled([6], dtype, 4) },
    })),
  ),
)

const others: readonly CallCase[] = [
  ...[2, 3, 5, 7, 11, 13, 31].map((n) => ({
    name: `signal of ${n * 96} samples, fft`,
    ...{
      call: library.convolve as Compute,
      x: filled([n * 96], 'float32', n),
      k: filled([n * 8 + 1], 'float32', 3),
    },
    options: { algorithm: 'fft', mode: 'full' },
  })),
  {
    ...{
      name: 'large picture in strips, separable',
      call: library.correlate,
      x: filled([1200, 1100], 'uint8', 2),
      k: product(9, 9),
    },
    options: { algorithm: 'separable', dtype: 'uint8', boundary: 'reflect' },
  },
  {
    ...{
      name: 'large picture in strips, fft',
      call: library.correlate,
      x: filled([1200, 600], 'float32', 2),
      k: filled([25, 25], 'float32', 3),
    },
    options: { algorithm: 'fft', boundary: 'reflect' },
  },
  {
    name: 'large picture, auto',
    call: library.correlate,
    x: filled([700, 600], 'float32', 2),
    k: filled([25, 25], 'float32', 3),
  },
  ...[1, 2, 3].map((stride) => ({
    name: `transposed layer, stride ${stride}`,
    ...{
      call: library.convTranspose2d as Compute,
      x: filled([1, 8, 9, 11], 'float32', 1),
      k: filled([8, 6, 3, 4], 'float32', 2),
    },
    options: { stride, padding: 1, boundary: 'edge', activation: 'tanh' },
  })),
  ...[1, 2, 4].map((groups) => ({
    name: `layer in ${groups} groups, channels last`,
    ...{
      call: library.conv2d as Compute,
      x: filled([2, 12, 10, 8], 'float32', 1),
      k: filled([8, 8 / groups, 3, 3], 'float32', 2),
    },
    options: {
      groups,
      layout: 'channels-last',
      weightLayout: 'OIHW',
      padding: 'same',
      stride: 2,
      dilation: 2,
    },
  })),
  {
    ...{
      name: 'volume',
      call: library.conv3d,
      x: filled([1, 9, 8, 9, 10], 'float32', 1),
      k: filled([5, 9, 3, 3, 3], 'float32', 2),
    },
    options: { padding: 1, boundary: 'wrap' },
  },
  {
    ...{
      name: 'layer of one dimension',
      call: library.conv1d,
      x: filled([2, 16, 301], 'float32', 1),
      k: filled([16, 16, 5], 'float32', 2),
    },
    options: { padding: 'causal', activation: 'sigmoid' },
  },
  {
    ...{
      name: 'gradient by the weights',
      x: filled([3, 8, 12, 13], 'float32', 1),
      k: filled([3, 6, 10, 11], 'float32', 2),
    },
    call: (x, g, options) => library.convWeightGradient(x, g, [6, 8, 3, 3], options),
  },
  {
    ...{
      name: 'gradient by the input',
      x: filled([3, 6, 10, 11], 'float32', 1),
      k: filled([6, 8, 3, 3], 'float32', 2),
    },
    call: (g, k, options) => library.convInputGradient(g, k, [3, 8, 12, 13], options),
  },
]

const computed: readonly DeterministicCase[] = (['wasm', 'js'] as const).flatMap((backend) =>
  [...imageCases, ...layers, ...others].map(({ name, call, x, k, options = {} }) => ({
    name: `${backend}: ${name}`,
    compute: () => call(x, k, { ...options, backend, deterministic: true }),
  })),
)

const named: readonly DeterministicCase[] = [
  'gaussian:sigma=2.3',
  'gaussian:sigma=0.7,size=4',
  'motion:length=11.5,angle=33',
  'log:sigma=1.9',
  'dog:sigma=1.3,ratio=1.7',
  'gabor:wavelength=7.3,angle=21,phase=40',
].map((name) => ({ name: `kernel ${name}`, compute: () => library.kernelByName(name) }))

export const deterministicCases: readonly DeterministicCase[] = [...computed, ...named]

/**
 * The FNV-1a hash of the bits of all elements. All NaN values hash alike, because engines may
 * choose their bits.
 */
export function hashOf(result: library.NdArray): string {
  const { data } = library.contiguous(result)
  const clean = data.slice()
  for (let i = 0; i < clean.length; i++) if (Number.isNaN(clean[i])) clean[i] = NaN
  const bytes = new Uint8Array(clean.buffer, clean.byteOffset, clean.byteLength)
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
