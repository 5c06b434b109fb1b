/**
 * OpenCV for Python: `filter2D` with anchor and border, and `copyMakeBorder`. `filter2D`
 * correlates, with ⌊k/2⌋ samples before unless an anchor is given. An image of H×W×C is filtered
 * channel by channel.
 */

import type { Boundary } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import {
  type Arguments,
  arrayOf,
  biasOf,
  given,
  integerListOf,
  integerOf,
  integersIn,
  numberOf,
} from './arguments.ts'
import { spatialExtents } from './convolution.ts'
import { convolutionOf, type Library, reader } from './library.ts'
import { constant, numpyAliases, numpyConstants, numpyFunctions, numpyMethods } from './numpy.ts'
import { pad, reverse, withStep } from './tensor.ts'
import { described, isKind, type Value } from './values.ts'
import { notRead, oneOf } from './wording.ts'

const borders: Readonly<Record<string, Boundary>> = {
  CONSTANT: 'zero',
  REPLICATE: 'edge',
  REFLECT: 'symmetric',
  WRAP: 'wrap',
  REFLECT_101: 'reflect',
  REFLECT101: 'reflect',
  DEFAULT: 'reflect',
}

const depths = ['CV_8U', 'CV_16U', 'CV_16S', 'CV_32F', 'CV_64F']

function borderOf(args: Arguments): Boundary {
  const value = given(args, 'borderType')
  if (value === undefined) return 'reflect'
  const name = isKind(value, 'opaque') ? value.text.replace('BORDER_', '') : ''
  const border = Object.hasOwn(borders, name) ? borders[name] : undefined
  if (border !== undefined) return border
  throw notRead(
    `${args.call}: borderType is ${described(value)}`,
    `Write ${oneOf(Object.keys(borders).map((word) => `cv2.BORDER_${word}`))}.`,
  )
}

function depthOf(args: Arguments): string {
  const value = given(args, 'ddepth')
  if (value === -1) return 'that of the image'
  if (isKind(value, 'opaque') && depths.includes(value.text)) return value.text
  throw notRead(
    `${args.call}: ddepth is ${described(value)}`,
    `Write -1 or ${oneOf(depths.map((word) => `cv2.${word}`))}.`,
  )
}

const filter2D = reader('src, ddepth, kernel, dst, anchor, delta, borderType', (args) => {
  const depth = depthOf(args)
  const border = borderOf(args)
  if (border === 'wrap')
    throw notRead(
      `${args.call} has BORDER_WRAP, which filter2D rejects`,
      'Use cv2.copyMakeBorder first.',
    )
  if (given(args, 'dst') !== undefined && !isKind(given(args, 'dst'), 'array'))
    throw notRead(`${args.call}: dst is ${described(given(args, 'dst'))}`, 'Leave it out.')
  // The column comes first.
  const [column, row] =
    given(args, 'anchor') === undefined ? [-1, -1] : integerListOf(args, 'anchor', 2)
  const isSaturated = depth !== 'CV_32F' && depth !== 'CV_64F'
  return convolutionOf(args, ['src', 'kernel'], (input, kernel) => {
    const kernelLayout = kernel.axes.length === 1 ? 'S' : 'SS'
    const weights =
      kernelLayout === 'S'
        ? {
            ...kernel,
            axes: [...kernel.axes, { ...kernel.axes[0]!, source: undefined, extent: 1 }],
          }
        : kernel
    const own = spatialExtents(weights, 'SS').map((k, a): Pair => {
      const anchor = a === 0 ? row! : column!
      const before = anchor < 0 ? Math.floor(k / 2) : anchor
      if (before >= k)
        throw notRead(
          `${args.call}: the anchor ${anchor} is outside of ${k} weights`,
          'Correct it.',
        )
      return [before, k - 1 - before]
    })
    return {
      weights,
      inputLayout: input.axes.length === 3 ? 'SSN' : 'SS',
      kernelLayout: 'SS',
      stride: [1, 1],
      dilation: [1, 1],
      own,
      ownBorder: border,
      isDouble: depth === 'CV_64F',
      bias: biasOf(args, 'delta'),
      notes: [
        ...(isSaturated
          ? [
              `The depth of the result is ${depth}: OpenCV rounds and saturates integers. Use ` +
                "dtype: 'uint8' for the same.",
            ]
          : []),
        ...(input.axes.length === 3
          ? ['Each channel is filtered by itself: the channels are the batch of the case.']
          : []),
      ],
    }
  })
})

const copyMakeBorder = reader(
  'src, top, bottom, left, right, borderType, dst, value',
  (args): Value => {
    const sides = ['top', 'bottom', 'left', 'right'].map((name) => integerOf(args, name))
    const [top, bottom, left, right] = sides as [number, number, number, number]
    const named = borderOf(args)
    const list = integersIn(given(args, 'value'))
    const value =
      list && list.length > 0 && list.every((item) => item === list[0])
        ? list[0]!
        : numberOf(args, 'value', 0)
    const border = named === 'zero' ? constant(value) : named
    return withStep(arrayOf(args, 'src'), (tensor, bind) => {
      const channels = tensor.axes.slice(2).map((): Pair => [0, 0])
      return pad(args.call, [[top, bottom], [left, right], ...channels], border)(tensor, bind)
    })
  },
)

const flip = reader('src, flipCode', (args) => {
  const code = integerOf(args, 'flipCode')
  const axes = code < 0 ? [0, 1] : code === 0 ? [0] : [1]
  return withStep(arrayOf(args, 'src'), reverse(axes, args.call))
})

const image = reader('filename, flags', (args) => ({
  kind: 'array',
  source: { name: described(given(args, 'filename')) },
  steps: [],
}))

export const opencv: Library = {
  name: 'opencv',
  title: 'OpenCV',
  dialect: 'python',
  aliases: { ...numpyAliases, cv2: 'cv2', cv: 'cv2' },
  functions: {
    ...numpyFunctions,
    'cv2.filter2D': filter2D,
    'cv2.copyMakeBorder': copyMakeBorder,
    'cv2.flip': flip,
    'cv2.imread': image,
  },
  methods: numpyMethods,
  constants: (path) =>
    /^cv2\.(BORDER_\w+|CV_\w+|IMREAD_\w+)$/.test(path)
      ? { kind: 'opaque', text: path.slice(4) }
      : numpyConstants(path),
}
