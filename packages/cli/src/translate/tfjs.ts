/**
 * TensorFlow.js: channels last, float32. The code pads first, and the layer computes `valid`. The
 * `same` of its wasm backend has given wrong numbers for strides longer than the input.
 */

import type { ConvGeometry } from 'stridefold/sync'
import {
  type BorderWords,
  borderSteps,
  channelsLast,
  constantOf,
  croppedSides,
  isConstant,
  isDepthwise,
  paddedExtent,
  rejectBorders,
  rejectInputDilation,
} from './arrays-and-borders.ts'
import { array, pairs } from './javascript.ts'
import { type System, type Translation, unsupportedError } from './translation.ts'

const padWords: BorderWords = {
  zero: 'constant',
  constant: 'constant',
  reflect: 'reflect',
  symmetric: 'symmetric',
}

function translate(g: ConvGeometry): Translation {
  const rank = g.axes.length
  if (rank > 3)
    throw unsupportedError(
      'tfjs',
      `its layers have 1 to 3 axes, not ${rank}`,
      'Use --to stridefold.',
    )
  if (g.dtype === 'float64') throw unsupportedError('tfjs', 'it has no float64', 'Leave f64 out.')
  rejectInputDilation('tfjs', g)
  rejectBorders('tfjs', g, padWords)
  const strides = g.axes.map(({ stride }) => stride)
  const dilations = g.axes.map(({ dilation }) => dilation)
  if (strides.some((s) => s > 1) && dilations.some((d) => d > 1))
    throw unsupportedError('tfjs', 'either strides or dilations must be 1', 'Use --to stridefold.')
  const depthwise = isDepthwise(g) && rank === 2
  if (g.groups > 1 && !depthwise)
    throw unsupportedError('tfjs', 'it has no groups but depthwiseConv2d', 'Use --to stridefold.')
  const lines: string[] = []
  let name = 'x'
  const around = (pads: readonly (readonly [number, number])[]): string =>
    pairs([[0, 0], ...pads, [0, 0]])
  for (const { border, pads } of borderSteps(g)) {
    const value = constantOf(border)
    lines.push(
      isConstant(border)
        ? `const xp${lines.length} = tf.pad(${name}, ` +
            `${around(pads)}${value === 0 ? '' : `, ${value}`})`
        : `const xp${lines.length} = tf.mirrorPad(${name}, ${around(pads)}, '${border}')`,
    )
    name = `xp${lines.length - 1}`
  }
  if (g.axes.some(({ before, after }) => before < 0 || after < 0)) {
    const begin = array([0, ...g.axes.map((axis) => croppedSides(axis)[0]), 0])
    const size = array([
      -1,
      ...g.axes.map((axis) => paddedExtent(axis) - croppedSides(axis)[0] - croppedSides(axis)[1]),
      -1,
    ])
    lines.push(`const xp${lines.length} = tf.slice(${name}, ${begin}, ${size})`)
    name = `xp${lines.length - 1}`
  }
  const weights = g.flip ? `tf.reverse(k, ${array(g.axes.map((_, a) => a))})` : 'k'
  const format = ['NWC', 'NHWC', 'NDHWC'][rank - 1]
  const scalars = rank === 1
  const call = depthwise ? 'depthwiseConv2d' : `conv${rank}d`
  const words = [
    name,
    weights,
    scalars ? strides[0]! : array(strides),
    "'valid'",
    `'${format}'`,
    scalars ? dilations[0]! : array(dilations),
  ]
  return {
    code: [
      "import * as tf from '@tensorflow/tfjs'",
      '',
      ...lines,
      `const y = tf.${call}(${words.join(', ')})`,
    ].join('\n'),
    ...channelsLast(g, depthwise),
    notes: [
      'Channels are last, and weights are spatial × input channels × filters.',
      'x and k are tensors: tf.tensor(data, shape).',
    ],
  }
}

export const tfjs: System = {
  name: 'tfjs',
  title: 'TensorFlow.js',
  language: 'javascript',
  translate,
}
