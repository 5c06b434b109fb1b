/**
 * Which named cases does the contract suite run? Examples from the two articles, and limits of
 * extents, kernels, layouts, borders and dtypes. Each case is plain data. The length of a name
 * seeds the random data of its case, so a new name changes the data.
 */

import type { GeometryParts } from '../src/geometry/geometry.ts'
import type { DType } from '../src/ndarray/dtype.ts'

export interface Named extends GeometryParts {
  readonly name: string
  readonly inputDType?: DType
  readonly outputDType?: DType
  readonly bias?: boolean
  readonly offset?: number
  readonly clamp?: readonly [min: number, max: number]
  /** Strides over [batch or filter, channel, ...axes]. Default: a dense array. */
  readonly inputStrides?: readonly number[]
  readonly kernelStrides?: readonly number[]
  readonly outputStrides?: readonly number[]
  /** 1-D factors of the kernel, which the algorithms receive as well. */
  readonly factors?: readonly (readonly number[])[]
  readonly inputValues?: readonly number[]
  readonly kernelValues?: readonly number[]
  /** The expected result from an external source, row-major. */
  readonly result?: readonly number[]
}

const square = (
  input: number,
  kernel: number,
  more: object = {},
): { input: number; kernel: number }[] => [
  { input, kernel, ...more },
  { input, kernel, ...more },
]
const borders = ['zero', { constant: 3 }, 'edge', 'reflect', 'symmetric', 'wrap'] as const
const borderName = (border: (typeof borders)[number]): string =>
  typeof border === 'string' ? border : 'constant 3'
const around = { before: 1, after: 1 }
const emboss = [-2, -1, 0, -1, 1, 1, 0, 1, 2]

export const cases: readonly Named[] = [
  {
    name: 'article 1: 3×3 by 2×2, its sums without the bias 0.06, which float32 rounds',
    axes: square(3, 2),
    inputValues: [3, 9, 0, 2, 8, 1, 1, 4, 8],
    kernelValues: [8, 9, 4, 4],
    result: [145, 108, 108, 121],
  },
  {
    name: 'article 1 with a whole bias',
    axes: square(3, 2),
    inputValues: [3, 9, 0, 2, 8, 1, 1, 4, 8],
    kernelValues: [8, 9, 4, 4],
    offset: 2,
    result: [147, 110, 110, 123],
  },
  {
    name: 'article 2: emboss on 5×7×3, slice by slice',
    batch: 3,
    axes: [
      { input: 5, kernel: 3, ...around },
      { input: 7, kernel: 3, ...around },
    ],
    kernelValues: emboss,
    inputStrides: [1, 0, 21, 3],
    outputStrides: [1, 0, 21, 3],
  },
  {
    name: 'article 2: emboss on bytes, to bytes',
    batch: 3,
    axes: square(9, 3, around),
    kernelValues: emboss,
    inputStrides: [1, 0, 27, 3],
    outputStrides: [1, 0, 27, 3],
    inputDType: 'uint8',
    outputDType: 'uint8',
  },
  {
    name: 'article 2: summed over channels, H×W×C with kH×kW×C',
    axes: [...square(6, 3, around), { input: 3, kernel: 3 }],
  },
  { name: '1-D', axes: [{ input: 11, kernel: 3 }], flip: true },
  { name: '1-D, full', axes: [{ input: 11, kernel: 4, before: 3, after: 3 }], flip: true },
  {
    name: '3-D',
    channels: 2,
    filters: 3,
    axes: [
      { input: 4, kernel: 2 },
      { input: 5, kernel: 3, ...around },
      { input: 6, kernel: 3 },
    ],
    bias: true,
  },
  { name: 'extent 1 everywhere', axes: square(1, 1) },
  { name: 'extent 1, padded', axes: square(1, 3, around), bias: true },
  ...[1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 32, 33].map((input) => ({
    name: `rows of ${input}`,
    axes: [
      { input: 3, kernel: 2 },
      { input, kernel: 3, ...around },
    ],
  })),
  ...[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17].map((filters) => ({
    name: `${filters} filters, channels last`,
    channels: 3,
    filters,
    axes: square(4, 3, around),
    outputStrides: [16 * filters, 1, 4 * filters, filters],
    inputStrides: [48, 1, 12, 3],
    bias: true,
  })),
  ...Array.from({ length: 17 }, (_, c) => ({
    name: `${c + 1} channels`,
    channels: c + 1,
    filters: 4,
    axes: square(5, 3, around),
  })),
  {
    name: 'rectangular kernel',
    axes: [
      { input: 9, kernel: 1 },
      { input: 10, kernel: 5, before: 2, after: 2 },
    ],
  },
  {
    name: 'tall kernel',
    axes: [
      { input: 9, kernel: 7, before: 3, after: 3 },
      { input: 10, kernel: 2 },
    ],
  },
  { name: 'even kernel, longer after', axes: square(8, 4, { before: 1, after: 2 }) },
  { name: 'even kernel, longer before', axes: square(8, 4, { before: 2, after: 1 }), flip: true },
  { name: 'kernel larger than input', axes: square(3, 7, { before: 3, after: 3 }) },
  {
    name: 'kernel larger than input, wrap',
    axes: square(3, 8, { before: 3, after: 4 }),
    boundary: 'wrap',
  },
  { name: 'empty batch', batch: 0, channels: 2, filters: 2, axes: square(4, 3) },
  { name: 'no channels, bias only', channels: 0, filters: 2, axes: square(4, 3), bias: true },
  {
    name: 'prime sizes',
    batch: 2,
    channels: 5,
    filters: 7,
    axes: [
      { input: 13, kernel: 3, stride: 2 },
      { input: 11, kernel: 5, stride: 3, before: 2 },
    ],
  },
  { name: 'stride larger than input', axes: square(5, 3, { stride: 1000, ...around }) },
  {
    name: 'stride of 2^20 in one row',
    axes: [
      { input: 5, kernel: 1 },
      { input: 9, kernel: 3, stride: 2 ** 20 },
    ],
  },
  { name: 'dilation beyond the input', axes: square(4, 3, { dilation: 7, before: 7, after: 7 }) },
  {
    name: 'dilation beyond the input, reflect',
    axes: square(4, 3, { dilation: 9, before: 9, after: 9 }),
    boundary: 'reflect',
  },
  {
    name: 'input dilation',
    channels: 2,
    filters: 3,
    axes: square(5, 3, { inputDilation: 2, before: 2, after: 2 }),
  },
  {
    name: 'input dilation, stride and dilation',
    channels: 2,
    filters: 3,
    axes: square(5, 3, { inputDilation: 3, stride: 2, dilation: 2, before: 2, after: 5 }),
  },
  {
    name: 'input dilation, wrap',
    axes: square(5, 3, { inputDilation: 2, before: 4, after: 3 }),
    boundary: 'wrap',
  },
  { name: 'groups', channels: 6, filters: 9, groups: 3, axes: square(5, 3, around), bias: true },
  { name: 'depthwise', channels: 7, filters: 7, groups: 7, axes: square(6, 3, around) },
  {
    name: 'depthwise, channels last',
    channels: 7,
    filters: 7,
    groups: 7,
    axes: square(6, 3, around),
    inputStrides: [252, 1, 42, 7],
    outputStrides: [252, 1, 42, 7],
  },
  {
    name: 'depthwise with multiplier 2',
    channels: 5,
    filters: 10,
    groups: 5,
    axes: square(6, 3, around),
  },
  { name: 'flip', channels: 2, filters: 2, axes: square(6, 3, around), flip: true },
  {
    name: 'flip, uneven padding',
    axes: [
      { input: 6, kernel: 4, before: 3, after: 0 },
      { input: 6, kernel: 2, before: 0, after: 1 },
    ],
    flip: true,
  },
  ...borders.map((boundary) => ({
    name: `border ${borderName(boundary)}`,
    boundary,
    channels: 2,
    filters: 2,
    axes: square(5, 3, around),
  })),
  ...borders.map((boundary) => ({
    name: `border ${borderName(boundary)}, pads of 17 on 4`,
    boundary,
    axes: square(4, 3, { before: 17, after: 13 }),
  })),
  ...borders.map((boundary) => ({
    name: `border ${borderName(boundary)} on extent 1`,
    boundary,
    axes: square(1, 3, { before: 4, after: 2 }),
  })),
  ...borders.map((boundary) => ({
    name: `border ${borderName(boundary)}, stride 3, dilation 2, 1-D`,
    boundary,
    axes: [{ input: 19, kernel: 4, stride: 3, dilation: 2, before: 5, after: 4 }],
  })),
  {
    name: 'a border for each axis',
    boundary: ['wrap', { constant: -2 }, 'reflect'],
    axes: [{ input: 3, kernel: 3, ...around }, ...square(4, 3, around)],
  },
  {
    name: 'two constants that meet in the corners',
    boundary: [{ constant: 5 }, { constant: 7 }],
    axes: square(3, 3, around),
  },
  { name: 'negative padding', axes: square(9, 3, { before: -2, after: -1 }), boundary: 'edge' },
  {
    name: 'negative padding past the array',
    axes: [{ input: 4, kernel: 2, before: -6, after: 5 }],
    boundary: 'wrap',
  },
  { name: 'input reversed', axes: square(6, 3, around), inputStrides: [36, 36, -6, -1] },
  { name: 'input broadcast along rows', axes: square(6, 3, around), inputStrides: [0, 0, 0, 1] },
  { name: 'input broadcast along columns', axes: square(6, 3, around), inputStrides: [0, 0, 1, 0] },
  {
    name: 'input with odd strides',
    channels: 2,
    axes: square(6, 3, around),
    inputStrides: [1000, 331, 37, 5],
  },
  {
    name: 'input transposed',
    axes: [
      { input: 6, kernel: 3 },
      { input: 4, kernel: 2 },
    ],
    inputStrides: [24, 24, 1, 6],
  },
  { name: 'overlapping input', axes: square(6, 3), inputStrides: [1, 1, 1, 1] },
  {
    name: 'kernel reversed, transposed, with gaps',
    channels: 2,
    filters: 3,
    axes: square(6, 3),
    kernelStrides: [-90, 40, 2, 7],
  },
  {
    name: 'one weight for the whole kernel',
    channels: 2,
    filters: 3,
    axes: square(6, 3),
    kernelStrides: [1, 0, 0, 0],
  },
  { name: 'output with gaps', filters: 2, axes: square(6, 3), outputStrides: [200, 100, 17, 3] },
  { name: 'output reversed', filters: 2, axes: square(6, 3), outputStrides: [32, 16, -4, -1] },
  { name: 'output transposed', filters: 2, axes: square(6, 3), outputStrides: [32, 1, 2, 8] },
  {
    name: 'float64',
    channels: 3,
    filters: 5,
    axes: square(7, 3, around),
    dtype: 'float64',
    bias: true,
    offset: -1,
  },
  {
    name: 'float64, channels last',
    channels: 3,
    filters: 5,
    axes: square(7, 3, around),
    dtype: 'float64',
    inputStrides: [147, 1, 21, 3],
    outputStrides: [245, 1, 35, 5],
  },
  ...(['int8', 'uint8', 'uint8c', 'int16', 'uint16'] as const).map((type) => ({
    name: `${type} in and out, saturating`,
    channels: 4,
    filters: 3,
    axes: square(7, 5, { before: 2, after: 2 }),
    inputDType: type,
    outputDType: type,
    offset: 100,
  })),
  ...(['int8', 'uint8', 'uint8c', 'int16', 'uint16', 'int32'] as const).map((type) => ({
    name: `float64 sums to ${type}`,
    axes: square(7, 3),
    dtype: 'float64' as const,
    outputDType: type,
    offset: 0.5,
  })),
  {
    name: 'int32 in and out',
    channels: 2,
    axes: square(7, 3),
    dtype: 'float64',
    inputDType: 'int32',
    outputDType: 'int32',
  },
  { name: 'float64 in, float32 sums', axes: square(7, 3, around), inputDType: 'float64' },
  { name: 'clamped', filters: 3, axes: square(7, 3, around), bias: true, clamp: [-5, 6] },
  {
    name: 'separable 3×3',
    axes: square(9, 3, around),
    factors: [
      [1, 2, 1],
      [1, 0, -1],
    ],
  },
  {
    name: 'separable 3×5, reflect, batch',
    batch: 3,
    axes: [
      { input: 9, kernel: 3, ...around },
      { input: 17, kernel: 5, before: 2, after: 2 },
    ],
    boundary: 'reflect',
    factors: [
      [1, 2, 1],
      [1, 4, 0, 4, 1],
    ],
  },
  {
    name: 'separable, flipped, asymmetric, strided',
    axes: square(11, 3, { stride: 2, dilation: 2, before: 3, after: 1 }),
    flip: true,
    factors: [
      [1, 2, 3],
      [-1, 0, 2],
    ],
  },
  {
    name: 'separable 3-D, two constants',
    axes: [{ input: 4, kernel: 2, ...around }, ...square(5, 3, around)],
    boundary: [{ constant: 2 }, 'zero', { constant: -1 }],
    factors: [
      [1, 2],
      [1, 2, 1],
      [3, 0, -1],
    ],
  },
]
