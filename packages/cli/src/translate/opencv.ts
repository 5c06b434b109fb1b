/**
 * OpenCV: `filter2D` on one image. If the result has the size of the image, `filter2D` pads itself.
 * Otherwise the code pads first, and cuts out the outputs that read no padding of `filter2D`.
 * Dilation is a kernel with zeros between its weights. A stride is a subscript of the result.
 */

import type { Boundary, ConvGeometry } from 'stridefold/sync'
import { elementCount } from '../layout.ts'
import {
  type BorderWords,
  borderSteps,
  constantOf,
  croppedSides,
  effectiveExtent,
  isConstant,
  isPlain,
  paddedExtent,
  plainArrays,
  rejectInputDilation,
  wordOf,
} from './arrays-and-borders.ts'
import { number, steps, tuple } from './python.ts'
import { type System, type Translation, unsupportedError } from './translation.ts'

const borderWords: BorderWords = {
  edge: 'REPLICATE',
  reflect: 'REFLECT_101',
  symmetric: 'REFLECT',
  wrap: 'WRAP',
}

/** From this number of weights on, `filter2D` may use the Fourier transform. */
const dftTaps = 50

const border = (of: Boundary): string =>
  `cv2.BORDER_${isConstant(of) ? 'CONSTANT' : borderWords[wordOf(of)]}`

function translate(g: ConvGeometry): Translation {
  if (!isPlain(g))
    throw unsupportedError(
      'opencv',
      'filter2D applies one kernel to every channel separately and has no filters or batch',
      'Use --to pytorch.',
    )
  if (g.axes.length > 2)
    throw unsupportedError('opencv', `filter2D has 2 axes, not ${g.axes.length}`, 'Use --to scipy.')
  rejectInputDilation('opencv', g)
  const lines: string[] = []
  const row = g.axes.length === 1
  // A signal is an image with one row.
  const axes = row ? [unitAxis, ...g.axes] : g.axes
  if (row) lines.push('x, k = x.reshape(1, -1), k.reshape(1, -1)')
  if (g.flip) lines.push('k = cv2.flip(k, -1)')
  const dilations = axes.map(({ dilation }) => dilation)
  const extents = axes.map(effectiveExtent)
  if (dilations.some((d) => d > 1))
    lines.push(`kd = np.zeros(${tuple(extents)}, k.dtype)`, `kd${steps(dilations)} = k`, 'k = kd')
  const depth = g.dtype === 'float64' ? 'cv2.CV_64F' : 'cv2.CV_32F'
  const strides = steps(axes.map(({ stride }) => stride))
  const borders = borderSteps(g)
  const isFilter2dSize = axes.every(
    (axis) =>
      axis.before >= 0 && axis.after >= 0 && axis.before + axis.after === effectiveExtent(axis) - 1,
  )
  const [step, ...more] = borders
  if (
    isFilter2dSize &&
    more.length === 0 &&
    (step === undefined || isFilter2dBorder(step.border))
  ) {
    const anchor = axes.map(({ before }) => before).reverse()
    lines.push(
      `y = cv2.filter2D(x, ${depth}, k, anchor=${tuple(anchor)}, ` +
        `borderType=${border(step?.border ?? 'zero')})${strides}`,
    )
  } else {
    for (const { border: of, pads } of borders) {
      const [[top, bottom], [left, right]] = row
        ? [[0, 0] as const, pads[0]!]
        : [pads[0]!, pads[1]!]
      const value = isConstant(of) ? `, value=${number(constantOf(of))}` : ''
      lines.push(
        `x = cv2.copyMakeBorder(x, ${top}, ${bottom}, ${left}, ${right}, ${border(of)}${value})`,
      )
    }
    if (axes.some(({ before, after }) => before < 0 || after < 0)) {
      const slices = axes.map(
        (axis) => `${croppedSides(axis)[0]}:${paddedExtent(axis) - croppedSides(axis)[1]}`,
      )
      lines.push(`x = np.ascontiguousarray(x[${slices.join(', ')}])`)
    }
    const cut = axes.map(
      ({ output, stride }) => `:${(output - 1) * stride + 1}${stride === 1 ? '' : `:${stride}`}`,
    )
    lines.push(
      `y = cv2.filter2D(x, ${depth}, k, anchor=(0, 0), ` +
        `borderType=cv2.BORDER_CONSTANT)[${cut.join(', ')}]`,
    )
  }
  if (row) lines.push('y = y.ravel()')
  const needsNumpy = lines.some((line) => line.includes('np.'))
  return {
    code: ['import cv2', ...(needsNumpy ? ['import numpy as np'] : []), '', ...lines].join('\n'),
    ...plainArrays(g),
    notes: [
      `filter2D correlates${g.flip ? ', so the kernel is flipped first' : ''}; the depth ` +
        `${depth} keeps negative and fractional results.`,
      'In an image with several channels, each channel is filtered with this kernel.',
      ...(elementCount(extents) >= dftTaps
        ? [
            'For a kernel of this size OpenCV may use the Fourier transform, with its rounding ' +
              'errors.',
          ]
        : []),
    ],
  }
}

/** Whether filter2D supports the border: not wrap, and no constant except zero. */
const isFilter2dBorder = (of: Boundary): boolean =>
  isConstant(of) ? constantOf(of) === 0 : of !== 'wrap'

const unitAxis = {
  input: 1,
  kernel: 1,
  stride: 1,
  dilation: 1,
  inputDilation: 1,
  before: 0,
  after: 0,
  output: 1,
} as const

export const opencv: System = { name: 'opencv', title: 'OpenCV', language: 'python', translate }
