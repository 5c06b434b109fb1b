/**
 * PyTorch: `F.conv1d` to `F.conv3d`. Zero padding of equal length on both sides uses the padding of
 * the layer. All other padding is `F.pad` before it, whose list starts with the last axis.
 */

import type { ConvGeometry } from 'stridefold/sync'
import {
  type BorderStep,
  type BorderWords,
  borderSteps,
  channelsFirst,
  constantOf,
  croppedSides,
  dilatedExtent,
  hasInputDilation,
  isConstant,
  paddedExtent,
  rejectBorders,
  rejectDilatedBorders,
  wordOf,
} from './arrays-and-borders.ts'
import { list, number, steps, tuple } from './python.ts'
import { type System, type Translation, unsupportedError } from './translation.ts'

const padWords: BorderWords = {
  zero: 'constant',
  constant: 'constant',
  edge: 'replicate',
  reflect: 'reflect',
  wrap: 'circular',
}

function translate(g: ConvGeometry): Translation {
  const rank = g.axes.length
  if (rank > 3)
    throw unsupportedError('pytorch', `its layers have 1 to 3 axes, not ${rank}`, 'Use --to numpy.')
  rejectBorders('pytorch', g, padWords)
  rejectDilatedBorders('pytorch', g)
  const usesConvPadding =
    g.axes.every(({ before, after }) => before === after && before >= 0) &&
    borderSteps(g).every(isZero)
  const lines: string[] = []
  let name = 'x'
  if (hasInputDilation(g)) {
    lines.push(
      `xp = x.new_zeros(*x.shape[:2], ${g.axes.map(dilatedExtent).join(', ')})`,
      `xp${steps(
        g.axes.map(({ inputDilation }) => inputDilation),
        2,
      )} = x`,
    )
    name = 'xp'
  }
  for (const step of usesConvPadding ? [] : borderSteps(g)) {
    lines.push(`xp = F.pad(${name}, ${padding(step)})`)
    name = 'xp'
  }
  if (g.axes.some(({ before, after }) => before < 0 || after < 0)) {
    const slices = g.axes.map(
      (axis) => `${croppedSides(axis)[0]}:${paddedExtent(axis) - croppedSides(axis)[1]}`,
    )
    lines.push(`xp = ${name}[:, :, ${slices.join(', ')}]`)
    name = 'xp'
  }
  const weights = g.flip ? `k.flip(${g.axes.map((_, a) => a + 2).join(', ')})` : 'k'
  const options = [
    option(
      'stride',
      1,
      g.axes.map(({ stride }) => stride),
    ),
    usesConvPadding
      ? option(
          'padding',
          0,
          g.axes.map(({ before }) => before),
        )
      : '',
    option(
      'dilation',
      1,
      g.axes.map(({ dilation }) => dilation),
    ),
    g.groups === 1 ? '' : `groups=${g.groups}`,
  ].filter((word) => word !== '')
  return {
    code: [
      'import torch.nn.functional as F',
      '',
      ...lines,
      `y = F.conv${rank}d(${[name, weights, ...options].join(', ')})`,
    ].join('\n'),
    ...channelsFirst(g),
    notes: ["PyTorch's convolution does not flip the kernel: it is a correlation."],
  }
}

const isZero = ({ border }: BorderStep): boolean => isConstant(border) && constantOf(border) === 0

function padding({ border, pads }: BorderStep): string {
  const sides = list([...pads].reverse().flat())
  if (!isConstant(border)) return `${sides}, mode='${padWords[wordOf(border)]}'`
  return constantOf(border) === 0 ? sides : `${sides}, value=${number(constantOf(border))}`
}

/** `stride=2`, `stride=(2, 1)`, or nothing if all axes have the default value. */
function option(name: string, defaultValue: number, values: readonly number[]): string {
  const [first = defaultValue] = values
  if (!values.every((value) => value === first)) return `${name}=${tuple(values)}`
  return first === defaultValue ? '' : `${name}=${first}`
}

export const pytorch: System = { name: 'pytorch', title: 'PyTorch', language: 'python', translate }
