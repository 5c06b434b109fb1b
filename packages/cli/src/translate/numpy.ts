/**
 * NumPy: windows as a view, then one `einsum`. NumPy has no convolution of images or layers. This
 * form supports every geometry.
 */

import type { ConvGeometry } from 'stridefold/sync'
import {
  channelsFirst,
  effectiveExtent,
  isPlain,
  plainArrays,
  rejectDilatedBorders,
} from './arrays-and-borders.ts'
import { flipSubscript, padLines, steps, tuple } from './python.ts'
import { type System, type Translation, unsupportedError } from './translation.ts'

const letters = 'abdehijklm'

function translate(g: ConvGeometry): Translation {
  rejectDilatedBorders('numpy', g)
  const rank = g.axes.length
  if (rank > letters.length)
    throw unsupportedError(
      'numpy',
      `einsum has too few letters for rank ${rank}`,
      'Use --to stridefold.',
    )
  const leading = isPlain(g) ? 0 : 2
  const { lines, name } = padLines(g, leading)
  const taps = letters.slice(0, rank)
  const outputs = taps.toUpperCase()
  const extents = g.axes.map(effectiveExtent)
  const both = [...g.axes.map(({ stride }) => stride), ...g.axes.map(({ dilation }) => dilation)]
  const axes = extents.map((_, a) => a + leading)
  const weights = g.flip ? `k${flipSubscript(rank, leading)}` : 'k'
  return {
    code: [
      'import numpy as np',
      'from numpy.lib.stride_tricks import sliding_window_view',
      '',
      ...lines,
      `windows = sliding_window_view(${name}, ${tuple(extents)}, ` +
        `axis=${tuple(axes)})${steps(both, leading)}`,
      ...products(g, taps, outputs, weights),
    ].join('\n'),
    ...(isPlain(g) ? plainArrays(g) : channelsFirst(g)),
    notes: [
      'The windows are a view: nothing is copied before einsum.',
      'Integers wrap around in NumPy: convert x and k to floats first.',
    ],
  }
}

function products(g: ConvGeometry, taps: string, outputs: string, weights: string): string[] {
  if (isPlain(g))
    return [`y = np.einsum('${outputs}${taps},${taps}->${outputs}', windows, ${weights})`]
  if (g.groups === 1)
    return [`y = np.einsum('nc${outputs}${taps},fc${taps}->nf${outputs}', windows, ${weights})`]
  const [c, f] = [g.channels / g.groups, g.filters / g.groups]
  const y = channelsFirst(g).y.shape
  return [
    `windows = windows.reshape(${g.batch}, ${g.groups}, ${c}, *windows.shape[2:])`,
    `groups = ${weights}.reshape(${g.groups}, ${f}, *k.shape[1:])`,
    `y = np.einsum('ngc${outputs}${taps},gfc${taps}->ngf${outputs}', windows, ` +
      `groups).reshape(${y.join(', ')})`,
  ]
}

export const numpy: System = { name: 'numpy', title: 'NumPy', language: 'python', translate }
