/**
 * TensorFlow: channels last, weights spatial × I × O. Uses `SAME` and `VALID` if TensorFlow
 * computes the same padding, else `tf.pad`. Its documentation does not support strides together
 * with dilations.
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
  wordOf,
} from './arrays-and-borders.ts'
import { list, number } from './python.ts'
import { type System, type Translation, unsupportedError } from './translation.ts'

const padWords: BorderWords = {
  zero: 'CONSTANT',
  constant: 'CONSTANT',
  reflect: 'REFLECT',
  symmetric: 'SYMMETRIC',
}

function translate(g: ConvGeometry): Translation {
  const rank = g.axes.length
  if (rank > 3)
    throw unsupportedError(
      'tensorflow',
      `its layers have 1 to 3 axes, not ${rank}`,
      'Use --to numpy.',
    )
  rejectInputDilation('tensorflow', g)
  rejectBorders('tensorflow', g, padWords)
  const strides = g.axes.map(({ stride }) => stride)
  const dilations = g.axes.map(({ dilation }) => dilation)
  const dilated = dilations.some((d) => d > 1)
  if (dilated && strides.some((s) => s > 1))
    throw unsupportedError(
      'tensorflow',
      'strides together with dilations are not supported',
      'Use --to pytorch.',
    )
  const depthwise = isDepthwise(g) && rank === 2
  if (depthwise && strides.some((s) => s !== strides[0]))
    throw unsupportedError(
      'tensorflow',
      'depthwise_conv2d needs the same stride on both axes',
      'Use --to pytorch.',
    )
  const { lines, name, padding } = padLines(g)
  const weights = g.flip ? `tf.reverse(k, axis=${list(g.axes.map((_, a) => a))})` : 'k'
  const steps =
    depthwise || rank === 3 ? list([1, ...strides, 1]) : rank === 1 ? strides[0] : list(strides)
  const rates =
    rank === 3 ? list([1, ...dilations, 1]) : rank === 1 ? dilations[0] : list(dilations)
  const call = depthwise ? 'depthwise_conv2d' : `conv${rank}d`
  return {
    code: [
      'import tensorflow as tf',
      '',
      ...lines,
      `y = tf.nn.${call}(${name}, ${weights}, ${rank === 1 ? 'stride' : 'strides'}=${steps}, ` +
        `padding='${padding}'${dilated ? `, dilations=${rates}` : ''})`,
    ].join('\n'),
    ...channelsLast(g, depthwise),
    notes: [
      'Channels are last, and weights are spatial × input channels × filters; like PyTorch, ' +
        'TensorFlow computes a correlation.',
      ...(g.groups > 1 && !depthwise
        ? ['Groups follow from the shape of k; older versions support them on GPUs only.']
        : []),
      ...(dilated && rank === 3 ? ['A dilated conv3d may not be supported on a CPU.'] : []),
    ],
  }
}

/** `SAME` if TensorFlow computes this padding itself, else code that pads before the layer. */
function padLines(g: ConvGeometry): { lines: string[]; name: string; padding: 'SAME' | 'VALID' } {
  const steps = borderSteps(g)
  const cropped = g.axes.some(({ before, after }) => before < 0 || after < 0)
  const zero = steps.every(({ border }) => isConstant(border) && constantOf(border) === 0)
  if (steps.length > 0 && zero && !cropped && g.axes.every(isSame))
    return { lines: [], name: 'x', padding: 'SAME' }
  const lines: string[] = []
  let name = 'x'
  for (const { border, pads } of steps) {
    const value = constantOf(border)
    const mode = isConstant(border)
      ? value === 0
        ? ''
        : `, constant_values=${number(value)}`
      : `, mode='${padWords[wordOf(border)]}'`
    lines.push(
      `xp = tf.pad(${name}, [[0, 0], ${pads.map((pad) => list(pad)).join(', ')}, [0, 0]]${mode})`,
    )
    name = 'xp'
  }
  if (cropped) {
    const slices = g.axes.map(
      (axis) => `${croppedSides(axis)[0]}:${paddedExtent(axis) - croppedSides(axis)[1]}`,
    )
    lines.push(`xp = ${name}[:, ${slices.join(', ')}, :]`)
    name = 'xp'
  }
  return { lines, name, padding: 'VALID' }
}

/** The rule of TensorFlow: ⌈n/s⌉ outputs, an odd sample after. */
function isSame({
  input,
  kernel,
  stride,
  dilation,
  before,
  after,
}: ConvGeometry['axes'][number]): boolean {
  const total = Math.max(
    (Math.ceil(input / stride) - 1) * stride + (kernel - 1) * dilation + 1 - input,
    0,
  )
  return before === Math.floor(total / 2) && after === Math.ceil(total / 2)
}

export const tensorflow: System = {
  name: 'tensorflow',
  title: 'TensorFlow',
  language: 'python',
  translate,
}
