/**
 * ImageMagick and sharp, tools for image files: one filter for each channel, a result as large as
 * the image, one border. ImageMagick takes the position of the weight on the output. sharp centres
 * the kernel (⌊k/2⌋ before) and always uses the border edge.
 */

import type { ConvGeometry } from 'stridefold/sync'
import {
  type BorderWords,
  borderSteps,
  constantOf,
  hasInputDilation,
  isConstant,
  isPlain,
  plainArrays,
  wordOf,
} from './arrays-and-borders.ts'
import { type System, type Translation, unsupportedError } from './translation.ts'

const virtualPixels: BorderWords = {
  zero: 'Black',
  edge: 'Edge',
  symmetric: 'Mirror',
  wrap: 'Tile',
}

const insteadHint = 'Use --to opencv or stridefold.'

/** Height, width and border. Throws if the case is not an image filter. */
function imageGeometry(system: string, g: ConvGeometry) {
  const [rows, columns] = g.axes
  if (rows === undefined || columns === undefined || g.axes.length > 2)
    throw unsupportedError(system, `an image has 2 axes, not ${g.axes.length}`, insteadHint)
  if (!isPlain(g))
    throw unsupportedError(
      system,
      'it filters each channel with the same kernel and has no filters or batch',
      insteadHint,
    )
  if (g.dtype === 'float64')
    throw unsupportedError(system, 'it has no option for sums in float64', 'Leave f64 out.')
  if (hasInputDilation(g) || g.axes.some(({ stride, dilation }) => stride > 1 || dilation > 1))
    throw unsupportedError(system, 'it has no stride and no dilation', insteadHint)
  if (
    g.axes.some(
      ({ before, after, kernel }) => before < 0 || after < 0 || before + after !== kernel - 1,
    )
  )
    throw unsupportedError(
      system,
      'its result always has the size of the image, but this one does not',
      "Use 'same', or use --to opencv.",
    )
  const steps = borderSteps(g)
  if (steps.length > 1)
    throw unsupportedError(system, 'it has the same border for all axes', insteadHint)
  return { rows, columns, border: steps[0]?.border }
}

function byImageMagick(g: ConvGeometry): Translation {
  const { rows, columns, border } = imageGeometry('imagemagick', g)
  const constant = border !== undefined && isConstant(border) && constantOf(border) !== 0
  const word =
    border === undefined ? 'Edge' : virtualPixels[isConstant(border) ? 'zero' : wordOf(border)]
  if (constant || word === undefined)
    throw unsupportedError(
      'imagemagick',
      `it has no border '${wordOf(border ?? 'zero')}'`,
      `It has ${Object.keys(virtualPixels).join(', ')}.`,
    )
  // Convolve flips the kernel together with its origin. The origin is given for the kernel before
  // the flip.
  const origin = g.flip ? [columns.after, rows.after] : [columns.before, rows.before]
  const kernel = `${columns.kernel}x${rows.kernel}+${origin.join('+')}`
  return {
    code: [
      'K="…"',
      `magick in.png -virtual-pixel ${word} -channel RGB -morphology ` +
        `${g.flip ? 'Convolve' : 'Correlate'} "${kernel}: $K" out.png`,
    ].join('\n'),
    ...asBytes(g),
    notes: [
      `K: the ${rows.kernel * columns.kernel} weights row by row, separated by commas.`,
      'The numbers after the size are the position of the weight on the output, column first. ' +
        'In ImageMagick 6 the command is convert.',
      'in.png holds x; results are rounded and clipped to the range of the file.',
    ],
  }
}

/** The arrays of an image file: samples are bytes. */
function asBytes(g: ConvGeometry): Pick<Translation, 'x' | 'k' | 'y'> {
  const { x, k, y } = plainArrays(g)
  return { x: { ...x, dtype: 'uint8' }, k, y: { ...y, dtype: 'uint8' } }
}

/** Number of weights per side that sharp accepts. */
const [minKernelSide, maxKernelSide] = [3, 1001]

function bySharp(g: ConvGeometry): Translation {
  const { rows, columns, border } = imageGeometry('sharp', g)
  if (border !== undefined && border !== 'edge')
    throw unsupportedError(
      'sharp',
      `it always uses the border edge and has no border '${wordOf(border)}'`,
      "Use 'edge'.",
    )
  for (const { kernel, before } of [rows, columns]) {
    if (kernel < minKernelSide || kernel > maxKernelSide)
      throw unsupportedError(
        'sharp',
        `a kernel has ${minKernelSide} to ${maxKernelSide} weights per side, not ${kernel}`,
        'Pad it with zeros.',
      )
    if (before !== Math.floor(kernel / 2))
      throw unsupportedError(
        'sharp',
        `a kernel with ${kernel} weights has ${Math.floor(kernel / 2)} samples before the ` +
          `output, not ${before}`,
        "Use 'same-lower'.",
      )
  }
  return {
    code: [
      "import sharp from 'sharp'",
      '',
      `const image = sharp(x, { raw: { width: ${columns.input}, height: ${rows.input}, ` +
        'channels: 1 } })',
      `const kernel = [...k]${g.flip ? '.reverse()' : ''}`,
      `const filtered = image.convolve({ width: ${columns.kernel}, height: ${rows.kernel}, ` +
        'kernel, scale: 1 })',
      "const y = await filtered.toColourspace('b-w').raw().toBuffer()",
    ].join('\n'),
    ...asBytes(g),
    notes: [
      'Negative results become 0, those above 255 become 255.',
      'scale: 1 is required: without it, results are divided by the sum of the kernel.',
    ],
  }
}

export const imagemagick: System = {
  name: 'imagemagick',
  title: 'ImageMagick',
  language: 'shell',
  translate: byImageMagick,
}

export const sharp: System = {
  name: 'sharp',
  title: 'sharp',
  language: 'javascript',
  translate: bySharp,
}
