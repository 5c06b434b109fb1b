/**
 * SciPy: `ndimage` and `signal`.
 *
 * `ndimage.correlate` puts ⌊k/2⌋ samples before, moved by `origin`; `convolve` flips the kernel,
 * and its origin the other way. `signal` takes the middle of the full result: ⌊k/2⌋ before, but
 * `correlate2d` takes ⌊(k − 1)/2⌋.
 */

import type { Boundary } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import { type Arguments, given, integerOf, numberOf, perAxisOf, wordOf } from './arguments.ts'
import { requireLayout } from './convolution.ts'
import { convolutionOf, type Library, type Reader, reader } from './library.ts'
import {
  constant,
  type FullPart,
  numpyAliases,
  numpyConstants,
  numpyFunctions,
  numpyMethods,
  sidesOfPart,
} from './numpy.ts'
import { axisIndex, makeAxis, shapeOf, type Tensor } from './tensor.ts'
import { described, isKind } from './values.ts'
import { notRead } from './wording.ts'

const ndimageModes: Readonly<Record<string, Boundary>> = {
  constant: 'zero',
  'grid-constant': 'zero',
  nearest: 'edge',
  reflect: 'symmetric',
  'grid-mirror': 'symmetric',
  mirror: 'reflect',
  wrap: 'wrap',
  'grid-wrap': 'wrap',
}

function ndimageBorder(args: Arguments): Boundary {
  const mode = wordOf(args, 'mode', Object.keys(ndimageModes), 'reflect')
  const value = numberOf(args, 'cval', 0)
  return mode.endsWith('constant') ? constant(value) : ndimageModes[mode]!
}

/** `output` may be a type: it changes the type of the result, not the sums of a case. */
function requireOutputType(args: Arguments): void {
  const output = given(args, 'output')
  const isType =
    output === undefined ||
    typeof output === 'string' ||
    isKind(output, 'opaque') ||
    (isKind(output, 'path') && /^(numpy\.)?(float|int|uint)\w*$/.test(output.path))
  if (!isType)
    throw notRead(`${args.call}: output is ${described(output)}`, 'Leave it out, or give a dtype.')
}

/** Samples before the output: `origin` moves the kernel. Throws if it leaves the kernel. */
function sidesWithOrigin(args: Arguments, kernel: number, origin: number, flip: boolean): Pair {
  const middle = Math.floor(kernel / 2)
  if (origin < -middle || origin > Math.floor((kernel - 1) / 2))
    throw notRead(
      `${args.call}: origin ${origin} is outside of the ${kernel} weights`,
      `It may be ${-middle} to ${Math.floor((kernel - 1) / 2)}.`,
    )
  const before = flip ? middle - origin - (kernel % 2 === 0 ? 1 : 0) : middle + origin
  return [before, kernel - 1 - before]
}

const ones = (rank: number): number[] => Array.from({ length: rank }, () => 1)

const ndimage = (flip: boolean): Reader =>
  reader('input, weights, output, mode, cval, origin', (args) => {
    requireOutputType(args)
    return convolutionOf(args, ['input', 'weights'], (input, kernel) => {
      const rank = input.axes.length
      const origins = perAxisOf(args, 'origin', rank, 0, Number.MIN_SAFE_INTEGER)
      const layout = 'S'.repeat(rank)
      return {
        inputLayout: layout,
        kernelLayout: layout,
        stride: ones(rank),
        dilation: ones(rank),
        own: shapeOf(kernel).map((k, a) => sidesWithOrigin(args, k, origins[a]!, flip)),
        ownBorder: ndimageBorder(args),
        flip,
        notes: ['ndimage returns the dtype of its input, and integers wrap around there.'],
      }
    })
  })

/** One kernel along one axis of an array: along the other axes the kernel has one weight. */
const ndimageAlongAxis = (flip: boolean): Reader =>
  reader('input, weights, axis, output, mode, cval, origin', (args) => {
    requireOutputType(args)
    return convolutionOf(args, ['input', 'weights'], (input, kernel) => {
      const rank = input.axes.length
      const along = axisIndex(integerOf(args, 'axis', -1), rank, args.call)
      const layout = 'S'.repeat(rank)
      requireLayout(kernel, 'S', args.call)
      const k = kernel.axes[0]!.extent
      const axes = Array.from({ length: rank }, () => makeAxis(undefined, 1))
      return {
        weights: { ...kernel, axes: axes.with(along, kernel.axes[0]!) },
        inputLayout: layout,
        kernelLayout: layout,
        stride: ones(rank),
        dilation: ones(rank),
        own: shapeOf(input).map(
          (_, a): Pair =>
            a === along ? sidesWithOrigin(args, k, integerOf(args, 'origin', 0), flip) : [0, 0],
        ),
        ownBorder: ndimageBorder(args),
        flip,
      }
    })
  })

const full = (n: number, k: number): FullPart => [0, n + k - 1]
const valid = (n: number, k: number): FullPart => [Math.min(n, k) - 1, Math.abs(n - k) + 1]
const middle = (n: number, k: number): FullPart => [Math.floor((k - 1) / 2), n]
/** `correlate2d` centres after the flip: the extra sample is on the other side. */
const middleOfCorrelate2d = (n: number, k: number): FullPart => [Math.floor(k / 2), n]

function partsOf(
  args: Arguments,
  mode: string,
  same: typeof middle,
): (input: Tensor, kernel: Tensor) => Pair[] {
  return (input, kernel) => {
    const [inputs, kernels] = [shapeOf(input), shapeOf(kernel)]
    const isLonger = inputs.map((n, a) => Math.sign(n - (kernels[a] ?? n)))
    if (mode === 'valid' && isLonger.includes(1) && isLonger.includes(-1))
      throw notRead(
        `${args.call} in mode 'valid' needs one array that is at least as large as the other ` +
          'along every axis',
        'Check --input and --kernel.',
      )
    const part = mode === 'full' ? full : mode === 'valid' ? valid : same
    return inputs.map((n, a) => {
      const k = kernels[a] ?? 1
      return sidesOfPart(part(n, k), n, k)
    })
  }
}

const signal = (signature: string, flip: boolean): Reader =>
  reader(signature, (args) => {
    const mode = wordOf(args, 'mode', ['full', 'same', 'valid'], 'full')
    if (given(args, 'axes') !== undefined)
      throw notRead(`${args.call} has axes`, 'Leave axes out: all axes are read.')
    if (signature.includes('method')) wordOf(args, 'method', ['auto', 'direct', 'fft'], 'auto')
    return convolutionOf(args, ['in1', 'in2'], (input, kernel) => {
      const rank = input.axes.length
      const layout = 'S'.repeat(rank)
      return {
        inputLayout: layout,
        kernelLayout: layout,
        stride: ones(rank),
        dilation: ones(rank),
        own: partsOf(args, mode, middle)(input, kernel),
        flip,
      }
    })
  })

const signalBorders: Readonly<Record<string, Boundary>> = {
  fill: 'zero',
  wrap: 'wrap',
  symm: 'symmetric',
}

const signal2d = (flip: boolean): Reader =>
  reader('in1, in2, mode, boundary, fillvalue', (args) => {
    const mode = wordOf(args, 'mode', ['full', 'same', 'valid'], 'full')
    const name = wordOf(args, 'boundary', Object.keys(signalBorders), 'fill')
    const border = name === 'fill' ? constant(numberOf(args, 'fillvalue', 0)) : signalBorders[name]!
    return convolutionOf(args, ['in1', 'in2'], (input, kernel) => ({
      inputLayout: 'SS',
      kernelLayout: 'SS',
      stride: [1, 1],
      dilation: [1, 1],
      own: partsOf(args, mode, flip ? middle : middleOfCorrelate2d)(input, kernel),
      ownBorder: border,
      flip,
    }))
  })

/**
 * `upfirdn(h, x, up, down)`: zeros between the samples, the full convolution, every down-th one.
 */
const upfirdn = reader('h, x, up, down, axis, mode, cval', (args) => {
  wordOf(args, 'mode', ['constant'], 'constant')
  if (numberOf(args, 'cval', 0) !== 0) throw notRead(`${args.call} has cval`, 'Leave it out.')
  integerOf(args, 'axis', -1)
  return convolutionOf(args, ['x', 'h'], (_, kernel) => {
    const k = kernel.axes[0]?.extent ?? 1
    return {
      inputLayout: 'S',
      kernelLayout: 'S',
      stride: [integerOf(args, 'down', 1)],
      dilation: [1],
      inputDilation: [integerOf(args, 'up', 1)],
      own: [[k - 1, k - 1]],
      flip: true,
    }
  })
})

export const scipy: Library = {
  name: 'scipy',
  title: 'SciPy',
  dialect: 'python',
  aliases: {
    ...numpyAliases,
    scipy: 'scipy',
    ndimage: 'scipy.ndimage',
    ndi: 'scipy.ndimage',
    signal: 'scipy.signal',
  },
  functions: {
    ...numpyFunctions,
    'scipy.ndimage.correlate': ndimage(false),
    'scipy.ndimage.convolve': ndimage(true),
    'scipy.ndimage.correlate1d': ndimageAlongAxis(false),
    'scipy.ndimage.convolve1d': ndimageAlongAxis(true),
    'scipy.signal.correlate': signal('in1, in2, mode, method', false),
    'scipy.signal.convolve': signal('in1, in2, mode, method', true),
    'scipy.signal.fftconvolve': signal('in1, in2, mode, axes', true),
    'scipy.signal.oaconvolve': signal('in1, in2, mode, axes', true),
    'scipy.signal.correlate2d': signal2d(false),
    'scipy.signal.convolve2d': signal2d(true),
    'scipy.signal.upfirdn': upfirdn,
  },
  methods: numpyMethods,
  constants: numpyConstants,
}
