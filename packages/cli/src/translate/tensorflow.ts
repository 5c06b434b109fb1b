/**
 * TensorFlow: channels last, weights spatial × I × O. 'SAME' and 'VALID' where the numbers are
 * those that TensorFlow would find, `tf.pad` else; strides and dilations together are documented as
 * unsupported.
 */

import type { ConvGeometry } from 'stridefold/sync'
import {
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
import { list, number } from './python.ts'
import { unsupported, type System, type Translation } from './translation.ts'

const padWords: Readonly<Record<string, string>> = {
  zero: 'CONSTANT',
  constant: 'CONSTANT',
  reflect: 'REFLECT',
  symmetric: 'SYMMETRIC',
}

function translate(g: ConvGeometry): Translation {
  const rank = g.axes.length
  if (rank > 3)
    throw unsupported('tensorflow', `its layers have 1 to 3 axes, not ${rank}`, 'Use --to numpy.')
  rejectInputDilation('tensorflow', g)
  rejectBorders('tensorflow', g, padWords)
  const strides = g.axes.map(({ stride }) => stride)
  const dilations = g.axes.map(({ dilation }) => dilation)
  const dilated = dilations.some((d) => d > 1)
  if (dilated && strides.some((s) => s > 1))
    throw unsupported(
      'tensorflow',
      'strides and dilations together are not supported there',
      'Use --to pytorch.',
    )
  const depthwise = isDepthwise(g) && rank === 2
  if (depthwise && strides.some((s) => s !== strides[0]))
    throw unsupported(
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
      'Channels stand last, and weights as spatial × input channels × filters; like PyTorch, ' +
        'TensorFlow correlates.',
      ...(g.groups > 1 && !depthwise
        ? ['Groups follow from the shape of k; older versions compute them on a GPU only.']
        : []),
      ...(dilated && rank === 3 ? ['A dilated conv3d may be refused on a CPU.'] : []),
    ],
  }
}

/** The padding's word where TensorFlow finds these numbers itself, else borders made before. */
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
      : `, mode='${padWords[String(border)]}'`
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

/** TensorFlow's rule: ⌈n/s⌉ outputs, the odd sample after. */
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
