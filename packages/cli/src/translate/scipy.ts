/**
 * SciPy has two modules. `ndimage` is used if the result is as large as the input; it has its own
 * names for borders. Otherwise `signal` is used on an array that NumPy pads. `ndimage` puts the
 * sample ⌊k/2⌋ of the kernel on the output and shifts it by `origin`. Its `convolve` reverses this
 * shift.
 */

import type { Boundary, ConvGeometry } from 'stridefold/sync'
import {
  type BorderWords,
  borderSteps,
  constantOf,
  hasInputDilation,
  isConstant,
  isPlain,
  plainArrays,
  rejectDilatedBorders,
  wordOf,
} from './arrays-and-borders.ts'
import { number, padLines, steps, tuple } from './python.ts'
import { type System, type Translation, unsupportedError } from './translation.ts'

/**
 * The border names of `scipy.ndimage`. Its reflect is symmetric in NumPy, its mirror is reflect in
 * NumPy.
 */
const padWords: BorderWords = {
  edge: 'nearest',
  reflect: 'mirror',
  symmetric: 'reflect',
  wrap: 'wrap',
}

function translate(g: ConvGeometry): Translation {
  if (!isPlain(g))
    throw unsupportedError(
      'scipy',
      'it has no channels, filters or batch',
      'Use --to numpy or pytorch.',
    )
  rejectDilatedBorders('scipy', g)
  const usesNdimage = keepsSize(g)
  const notes = usesNdimage
    ? ['ndimage returns the dtype of x, and integers wrap around: convert x to floats first.']
    : ["method='direct' computes the sums of the definition; 'auto' may choose the FFT."]
  return { code: usesNdimage ? byNdimage(g) : bySignal(g), ...plainArrays(g), notes }
}

/** Whether every axis keeps its extent, with one border and without any dilation. */
function keepsSize(g: ConvGeometry): boolean {
  const same = g.axes.every(
    ({ before, after, kernel, dilation }) =>
      dilation === 1 && before >= 0 && after >= 0 && before + after === kernel - 1,
  )
  return same && !hasInputDilation(g) && borderSteps(g).length <= 1
}

function byNdimage(g: ConvGeometry): string {
  const origins = g.axes.map(({ before, kernel }) => {
    const moved = before - Math.floor(kernel / 2)
    return g.flip ? -moved - (kernel % 2 === 0 ? 1 : 0) : moved
  })
  const origin = origins.every((o) => o === 0)
    ? ''
    : `, origin=${origins.length === 1 ? origins[0] : tuple(origins.map((o) => o + 0))}`
  const call = g.flip ? 'convolve' : 'correlate'
  const border = mode(borderSteps(g)[0]?.border ?? 'zero')
  const strides = steps(g.axes.map(({ stride }) => stride))
  return [
    'from scipy import ndimage',
    '',
    `y = ndimage.${call}(x, k, ${border}${origin})${strides}`,
  ].join('\n')
}

const mode = (border: Boundary): string =>
  isConstant(border)
    ? `mode='constant', cval=${number(constantOf(border))}`
    : `mode='${padWords[wordOf(border)]}'`

function bySignal(g: ConvGeometry): string {
  const { lines, name } = padLines(g, 0)
  const dilations = g.axes.map(({ dilation }) => dilation)
  const dilated = dilations.some((d) => d > 1)
  const extents = g.axes.map(({ kernel, dilation }) => (kernel - 1) * dilation + 1)
  const strides = steps(g.axes.map(({ stride }) => stride))
  return [
    ...(lines.length > 0 || dilated ? ['import numpy as np'] : []),
    'from scipy import signal',
    '',
    ...lines,
    ...(dilated ? [`kd = np.zeros(${tuple(extents)}, k.dtype)`, `kd${steps(dilations)} = k`] : []),
    `y = signal.${g.flip ? 'convolve' : 'correlate'}(${name}, ${dilated ? 'kd' : 'k'}, ` +
      `mode='valid', method='direct')${strides}`,
  ].join('\n')
}

export const scipy: System = { name: 'scipy', title: 'SciPy', language: 'python', translate }
