/**
 * NumPy: `np.convolve` and `np.correlate`, and windows with `einsum`. Its padding and views are
 * read for SciPy, OpenCV and ONNX too.
 *
 * `np.convolve` and `np.correlate` take a part of the full result. Where the kernel is longer than
 * the input, `same` has the length of the kernel.
 */

import type { Boundary } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import {
  type Arguments,
  arrayOf,
  asArray,
  axesOf,
  given,
  integerOf,
  integersIn,
  literalOf,
  numberOf,
  shapeOfList,
  wordOf,
} from './arguments.ts'
import { requireLayout } from './convolution.ts'
import { einsum } from './einsum.ts'
import { convolutionOf, type Library, type Reader, reader, unchanged } from './library.ts'
import { taken } from './take.ts'
import { pad, permute, reshape, reverse, shapeOf, windows, withStep } from './tensor.ts'
import { type ArrayValue, type ConvolutionValue, described, isKind, type Value } from './values.ts'
import { notRead } from './wording.ts'

/** A part of the full result: where it starts, and its length. */
export type FullPart = readonly [start: number, length: number]

/** The padding in which a convolution gives this part of the full result. */
export const sidesOfPart = ([start, length]: FullPart, input: number, kernel: number): Pair => {
  const before = kernel - 1 - start
  return [before, length + kernel - 1 - input - before]
}

const full = (n: number, k: number): FullPart => [0, n + k - 1]
const valid = (n: number, k: number): FullPart => [Math.min(n, k) - 1, Math.abs(n - k) + 1]
/** `same` of `np.convolve`, which takes the longer array as the input. */
const sameOfConvolve = (n: number, k: number): FullPart => {
  const shorter = Math.min(n, k)
  return [shorter - 1 - Math.floor(shorter / 2), Math.max(n, k)]
}
/**
 * `same` of `np.correlate`, which swaps the arrays and reverses the result if the kernel is longer.
 */
const sameOfCorrelate = (n: number, k: number): FullPart =>
  k > n ? [Math.floor(n / 2), k] : sameOfConvolve(n, k)

const parts: Readonly<Record<string, Readonly<Record<string, typeof full>>>> = {
  convolve: { full, valid, same: sameOfConvolve },
  correlate: { full, valid, same: sameOfCorrelate },
}

const oneAxis = (name: 'convolve' | 'correlate', fallback: string): Reader =>
  reader('a, v, mode', (args) => {
    const part = parts[name]![wordOf(args, 'mode', ['full', 'same', 'valid'], fallback)]!
    return convolutionOf(args, ['a', 'v'], (a, v) => {
      requireLayout(a, 'S', args.call)
      requireLayout(v, 'S', args.call)
      const [n, k] = [shapeOf(a)[0]!, shapeOf(v)[0]!]
      return {
        inputLayout: 'S',
        kernelLayout: 'S',
        stride: [1],
        dilation: [1],
        own: [sidesOfPart(part(n, k), n, k)],
        flip: name === 'convolve',
      }
    })
  })

const padModes: Readonly<Record<string, Boundary>> = {
  constant: 'zero',
  edge: 'edge',
  reflect: 'reflect',
  symmetric: 'symmetric',
  wrap: 'wrap',
}

/** `np.pad`: one number, one pair, or a pair for each axis. */
function padded(args: Arguments): Value {
  const mode = wordOf(args, 'mode', Object.keys(padModes), 'constant')
  const border: Boundary =
    mode === 'constant' ? constant(numberOf(args, 'constant_values', 0)) : padModes[mode]!
  const width = given(args, 'pad_width')
  const one = typeof width === 'number' ? [width, width] : integersIn(width)
  const pairs = isKind(width, 'list') ? width.items.map(integersIn) : []
  return withStep(arrayOf(args, 'array'), (tensor, bind) => {
    const rank = tensor.axes.length
    const list = one
      ? Array.from({ length: rank }, (): Pair => [one[0]!, one.at(-1)!])
      : pairs.flatMap((pair) =>
          pair && pair.length <= 2 ? [[pair[0]!, pair.at(-1)!] as Pair] : [],
        )
    if (list.length === 0 || (one && one.length > 2) || list.flat().some((n) => n < 0))
      throw notRead(
        `${args.call}: pad_width is ${described(width)}`,
        'Write one whole number ≥ 0, or a pair for each axis.',
      )
    const all = list.length === 1 ? Array.from({ length: rank }, () => list[0]!) : list
    return pad(args.call, all, border)(tensor, bind)
  })
}

export const constant = (value: number): Boundary =>
  Object.is(value, 0) ? 'zero' : { constant: value }

/** `sliding_window_view(x, window_shape, axis)`. */
function slidingWindows(args: Arguments): Value {
  const shape = axesOf(args, 'window_shape')
  const axes = axesOf(args, 'axis')
  if (shape === undefined)
    throw notRead(`${args.call} has no window_shape`, 'Write it in whole numbers.')
  return withStep(arrayOf(args, 'x'), windows(shape, axes, args.call))
}

const flipped = (args: Arguments): Value =>
  withStep(arrayOf(args, 'm'), reverse(axesOf(args, 'axis'), args.call))

/** `x.reshape(2, 3)` and `x.reshape((2, 3))`. */
export const reshaped = (
  args: Arguments,
  array: ArrayValue | undefined,
  items: readonly Value[],
): Value => {
  const [first] = items
  const shape: Arguments = {
    call: args.call,
    values: new Map([['shape', isKind(first, 'list') ? first : { kind: 'list', items }]]),
  }
  if (array === undefined) throw notRead(`${args.call} reshapes no array`, 'Leave it out.')
  return withStep(array, reshape(shapeOfList(shape, 'shape'), args.call))
}

/** The items of arguments that have no names: `a0, a1 …`. */
export const positional = 'self, a0, a1, a2, a3, a4, a5, a6, a7'

export const positionsOf = (args: Arguments): Value[] =>
  [...args.values].flatMap(([name, value]) => (name === 'self' ? [] : [value]))

/** A result in another shape: the order of its samples stays, so the case stays the same. */
const withoutAxes = (value: ConvolutionValue): ConvolutionValue => ({
  ...value,
  build: (bind) => ({ ...value.build(bind), result: [] }),
})

function reshapedSelf(args: Arguments): Value {
  const self = given(args, 'self')
  if (isKind(self, 'convolution')) return withoutAxes(self)
  return reshaped(args, self === undefined ? undefined : asArray(self), positionsOf(args))
}

function transposed(args: Arguments): Value {
  const items = positionsOf(args)
  const list = isKind(items[0], 'list') ? items[0] : { kind: 'list' as const, items }
  const order = items.length === 0 ? undefined : integersIn(list)
  return withStep(arrayOf(args, 'self'), permute(order, args.call))
}

const sum = (text: string): Reader =>
  reader('self, axis', (args) => {
    if (given(args, 'axis') !== undefined)
      throw notRead(`${args.call} sums along an axis`, 'Use np.einsum.')
    return { kind: 'opaque', text: `${described(given(args, 'self'))} ${text}` }
  })

/** An array of a known shape whose values do not matter. */
const filled = (signature: string): Reader =>
  reader(signature, (args) => {
    const shape = shapeOfList(
      args,
      'shape',
    )(() => {
      throw notRead(`${args.call} has the shape of another array`, 'Write the shape in numbers.')
    })
    return { kind: 'array', source: { name: args.call, shape }, steps: [] }
  })

const zeros = reader('shape, dtype', (args): Value => {
  const shape = given(args, 'shape')
  if (typeof shape === 'number') return { kind: 'zeros', shape: [shape] }
  if (isKind(shape, 'list')) return { kind: 'zeros', shape: shape.items }
  throw notRead(`${args.call}: shape is ${described(shape)}`, 'Write it in numbers.')
})

/** `np.array([[1, 2]])`: a literal, or an array that is already one. */
const literal = (signature: string): Reader =>
  reader(signature, (args) => {
    const value = given(args, 'object')
    if (typeof value === 'number') {
      const source = { name: String(value), shape: [], values: [value] }
      return { kind: 'array', source, steps: [] }
    }
    return literalOf(args, 'object')
  })

export const numpyFunctions: Readonly<Record<string, Reader>> = {
  'numpy.convolve': oneAxis('convolve', 'full'),
  'numpy.correlate': oneAxis('correlate', 'valid'),
  'numpy.einsum': reader('subscripts, a, b, optimize', einsum),
  'numpy.pad': reader('array, pad_width, mode, constant_values', padded),
  'numpy.take': reader('a, indices, axis', taken),
  'numpy.lib.stride_tricks.sliding_window_view': reader('x, window_shape, axis', slidingWindows),
  'numpy.flip': reader('m, axis', flipped),
  'numpy.flipud': reader('m', (args) => withStep(arrayOf(args, 'm'), reverse([0], args.call))),
  'numpy.fliplr': reader('m', (args) => withStep(arrayOf(args, 'm'), reverse([1], args.call))),
  'numpy.transpose': reader('self, a0', transposed),
  'numpy.reshape': reader('self, a0', reshapedSelf),
  'numpy.zeros': zeros,
  'numpy.ones': filled('shape, dtype'),
  'numpy.full': filled('shape, fill_value, dtype'),
  'numpy.array': literal('object, dtype'),
  'numpy.asarray': literal('object, dtype'),
  'numpy.float32': literal('object'),
  'numpy.float64': literal('object'),
  'numpy.ascontiguousarray': unchanged('a, dtype'),
  'numpy.arange': reader('start, stop', (args) => {
    const [start, stop] =
      given(args, 'stop') === undefined
        ? [0, integerOf(args, 'start')]
        : [integerOf(args, 'start'), integerOf(args, 'stop')]
    if (stop - start > 2 ** 20) throw notRead(`${args.call} is long`, 'Use np.pad.')
    return {
      kind: 'vector',
      start,
      values: Array.from({ length: Math.max(stop - start, 0) }, (_, i) => start + i),
    }
  }),
  'numpy.minimum': reader('a, b', (args) => {
    const [a, b] = [given(args, 'a'), given(args, 'b')]
    if (!isKind(a, 'vector') || !isKind(b, 'vector') || a.values.length !== b.values.length)
      throw notRead(`${args.call} compares ${described(a)} and ${described(b)}`, 'Use np.pad.')
    return { ...a, values: a.values.map((value, i) => Math.min(value, b.values[i]!)) }
  }),
  'numpy.sum': sum('summed'),
}

export const numpyMethods: Readonly<Record<string, Reader>> = {
  reshape: reader(positional, reshapedSelf),
  ravel: reader('self', reshapedFlat),
  flatten: reader('self', reshapedFlat),
  transpose: reader(positional, transposed),
  astype: unchanged('self, dtype'),
  copy: unchanged('self'),
  sum: sum('summed'),
  max: sum('max'),
}

/** One axis. Of the result, only the order of the samples counts, which stays. */
function reshapedFlat(args: Arguments): Value {
  const self = given(args, 'self')
  if (isKind(self, 'convolution')) return withoutAxes(self)
  return withStep(
    arrayOf(args, 'self'),
    reshape(() => [-1], args.call),
  )
}

export const numpyConstants = (path: string): Value | undefined =>
  path === 'numpy.newaxis'
    ? null
    : path === 'numpy.inf'
      ? Number.POSITIVE_INFINITY
      : path === 'numpy.nan'
        ? Number.NaN
        : undefined

export const numpyAliases = {
  np: 'numpy',
  numpy: 'numpy',
  sliding_window_view: 'numpy.lib.stride_tricks.sliding_window_view',
}

export const numpy: Library = {
  name: 'numpy',
  title: 'NumPy',
  dialect: 'python',
  aliases: numpyAliases,
  functions: numpyFunctions,
  methods: numpyMethods,
  constants: numpyConstants,
}
