/**
 * sharp: `convolve` in a chain of calls. It correlates, with ⌊k/2⌋ samples before and the border
 * edge. Without `scale`, results are divided by the sum of the kernel.
 */

import { OptionError } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import {
  type Arguments,
  asArray,
  biasOf,
  given,
  integerOf,
  numberOf,
  optionsOf,
} from './arguments.ts'
import { convolve, type Library, type Reader, reader, unchanged } from './library.ts'
import { reverse, withStep } from './tensor.ts'
import { type ArrayValue, described, isKind, type Value } from './values.ts'
import { notRead } from './wording.ts'

/** `sharp(x, { raw: { width, height, channels } })`: the shape is known if the samples are raw. */
const image: Reader = reader('input, options', (args): Value => {
  const raw = given(optionsOf(args, 'options', ['raw', 'limitInputPixels']), 'raw')
  const source = given(args, 'input')
  const name = isKind(source, 'array') ? source.source.name : 'x'
  if (raw === undefined) return { kind: 'array', source: { name }, steps: [] }
  const size = optionsOf({ call: args.call, values: new Map([['raw', raw]]) }, 'raw', [
    'width',
    'height',
    'channels',
  ])
  const channels = integerOf(size, 'channels')
  const shape = [integerOf(size, 'height'), integerOf(size, 'width')]
  return {
    kind: 'array',
    source: { name, shape: channels === 1 ? shape : [...shape, channels] },
    steps: [],
  }
})

/** The weights row by row, flipped or not. */
function kernelOf(args: Arguments, shape: readonly number[]): ArrayValue {
  const value = given(args, 'kernel')
  const array = value === undefined ? undefined : asArray(value)
  if (array === undefined)
    throw notRead(`${args.call}: kernel is ${described(value)}`, 'Write an array of numbers.')
  const [length] = array.source.shape ?? []
  const needed = shape.reduce((all, extent) => all * extent, 1)
  if (length !== undefined && (array.source.shape?.length !== 1 || length !== needed))
    throw notRead(
      `${args.call}: the kernel has ${array.source.values?.length} weights, but width and ` +
        `height make ${needed}`,
      'Correct width, height or kernel.',
    )
  return {
    kind: 'array',
    source: { ...array.source, name: length === undefined ? array.source.name : 'kernel', shape },
    steps: array.steps,
  }
}

const convolveImage: Reader = reader('self, options', (args) => {
  const options = optionsOf(args, 'options', ['width', 'height', 'kernel', 'scale', 'offset'])
  const shape = [integerOf(options, 'height'), integerOf(options, 'width')]
  const kernel = kernelOf(options, shape)
  const self = given(args, 'self')
  if (!isKind(self, 'array'))
    throw notRead(`${args.call} is called on ${described(self)}`, 'Give one convolve.')
  if (shape.some((extent) => extent < 3 || extent > 1001))
    throw notRead(`${args.call}: a kernel has 3 to 1001 weights per side`, 'Pad it with zeros.')
  return convolve(args.call, self, kernel, (input) => ({
    inputLayout: input.axes.length === 3 ? 'SSN' : 'SS',
    kernelLayout: 'SS',
    stride: [1, 1],
    dilation: [1, 1],
    own: shape.map((k): Pair => [Math.floor(k / 2), k - 1 - Math.floor(k / 2)]),
    ownBorder: 'edge',
    bias: biasOf(options, 'offset'),
    notes: [scaleNote(options, kernel), 'sharp rounds and saturates to the range of the image.'],
  }))
})

function scaleNote(options: Arguments, kernel: ArrayValue): string {
  const sum = kernel.source.values?.reduce((all, weight) => all + weight, 0)
  if (given(options, 'scale') !== undefined) {
    const scale = numberOf(options, 'scale')
    if (scale === 1) return 'k are the weights as they are: scale is 1.'
    if (!Number.isInteger(scale))
      throw new OptionError(
        'TRANSLATION_REFUSED',
        `convolve: scale is ${scale}, and sharp ignores fractions. Write a whole number.`,
      )
    return `k are the weights divided by scale, ${scale}.`
  }
  if (sum === undefined)
    return 'k are the weights divided by their sum: without scale, sharp divides (0 counts as 1).'
  return sum === 0 || sum === 1
    ? 'k are the weights as they are: their sum does not change the results.'
    : `k are the weights divided by their sum, ${sum}: without scale, sharp divides.`
}

/** Steps before or after `convolve` that keep the samples and their order. */
const chain = Object.fromEntries(
  ['raw', 'toBuffer', 'toFile', 'toColourspace', 'toColorspace', 'png', 'tiff', 'removeAlpha'].map(
    (name) => [name, unchanged('self, options')],
  ),
)

export const sharp: Library = {
  name: 'sharp',
  title: 'sharp',
  dialect: 'javascript',
  aliases: { Array: 'Array' },
  functions: { sharp: image, 'Array.from': unchanged('items') },
  methods: {
    ...chain,
    convolve: convolveImage,
    reverse: reader('self', (args) => {
      const self = given(args, 'self')
      const array = self === undefined ? undefined : asArray(self)
      if (array === undefined)
        throw notRead(`${args.call} reverses ${described(self)}`, 'Write an array of numbers.')
      return withStep(array, reverse(undefined, args.call))
    }),
  },
}
