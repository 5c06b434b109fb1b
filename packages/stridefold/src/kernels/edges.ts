/**
 * Kernels that respond only to change. Their weights sum to exactly 0, so flat areas become 0.
 *
 * Signs are those of correlation. sobel-x is positive if brightness increases to the right, sobel-y
 * if it increases downwards.
 */

import { exponential, turn } from '../ndarray/elementary.ts'
import {
  above,
  angle,
  atLeast,
  defineKernel,
  direction,
  finite,
  fixedKernel,
  type KernelDefinition,
  oddExtentForRadius,
  oddSize,
} from './definition.ts'
import { gaussianWeights } from './smoothing.ts'
import { normalizeWeights, sampleWeights, scaleWeights, total, zeroSumWeights } from './weights.ts'

/** The derivative along rows, averaged over three rows with these weights, and its transpose. */
function derivatives(
  name: string,
  author: string,
  [near, middle]: readonly [number, number],
): KernelDefinition[] {
  const rows = [-near, 0, near]
  return [
    fixedKernel(
      `${name}-x`,
      `${author}'s derivative along rows: positive if brightness increases to the right`,
      [rows, [-middle, 0, middle], rows],
    ),
    fixedKernel(
      `${name}-y`,
      `${author}'s derivative down columns: positive if brightness increases downwards`,
      [
        [-near, -middle, -near],
        [0, 0, 0],
        [near, middle, near],
      ],
    ),
  ]
}

const articleEmboss = fixedKernel(
  'article-emboss',
  "the article's emboss kernel: equal in all directions, with sum 0, so it is a Laplacian that " +
    'finds edges',
  [
    [0.1, 0.1, 0.1],
    [0.1, -0.8, 0.1],
    [0.1, 0.1, 0.1],
  ],
)

const laplacian = fixedKernel(
  'laplacian',
  'second derivative over the four neighbours: negative on bright spots and lines',
  [
    [0, 1, 0],
    [1, -4, 1],
    [0, 1, 0],
  ],
)

const laplacian8 = fixedKernel(
  'laplacian8',
  'second derivative over all eight neighbours: negative on bright spots and lines',
  [
    [1, 1, 1],
    [1, -8, 1],
    [1, 1, 1],
  ],
)

const log = defineKernel({
  name: 'log',
  summary:
    'Laplacian of Gaussian: the second derivative of a blurred image, negative on bright ' +
    'blobs about 1.4 sigma in radius',
  parameters: {
    sigma: atLeast(0.1, 1.4, 'standard deviation of the blur in samples'),
    size: oddSize('4 sigma on either side'),
  },
  invalidReason: ({ size }) => sizeProblem(size),
  shape: ({ sigma, size = Math.max(3, oddExtentForRadius(4 * sigma)) }) => [size, size],
  weights: ({ sigma }, shape) => {
    const { values } = gaussianWeights(shape, [sigma, sigma])
    const squares = sampleWeights(shape, (y = 0, x = 0) => x * x + y * y).values
    // 2σ² for a Gaussian of infinite extent. The value of the truncated one makes the sum 0 and
    // keeps the kernel a sum of two products.
    const meanSquare = total(values.map((value, i) => value * squares[i]!))
    return zeroSumWeights({
      shape,
      values: values.map(
        (value, i) => (value * (squares[i]! - meanSquare)) / (sigma * sigma) / (sigma * sigma),
      ),
    })
  },
})

const dog = defineKernel({
  name: 'dog',
  summary:
    'difference of two gaussians, the narrow one minus the wide one: keeps details between ' +
    'the two sizes, positive on bright blobs',
  parameters: {
    sigma: atLeast(0.1, 1, 'standard deviation of the narrow gaussian in samples'),
    ratio: above(1, 1.6, 'width of the wide gaussian divided by that of the narrow one'),
    size: oddSize('4 sigma of the wide one on either side'),
  },
  invalidReason: ({ size }) => sizeProblem(size),
  shape: ({ sigma, ratio, size = Math.max(3, oddExtentForRadius(4 * sigma * ratio)) }) => [
    size,
    size,
  ],
  weights: ({ sigma, ratio }, shape) => {
    const wide = gaussianWeights(shape, [sigma * ratio, sigma * ratio]).values
    return zeroSumWeights({
      shape,
      values: gaussianWeights(shape, [sigma, sigma]).values.map((value, i) => value - wide[i]!),
    })
  },
})

const gabor = defineKernel({
  name: 'gabor',
  summary:
    'responds to stripes of one width and direction: a wave times a gaussian, minus its mean, ' +
    'scaled to Σ|weights| = 1',
  parameters: {
    wavelength: above(2, 8, 'width of a stripe and its gap in samples'),
    angle: angle(0, 'direction in which the wave travels, across its stripes'),
    sigma: {
      ...atLeast(0.1, 1, 'standard deviation of the gaussian in samples'),
      default: undefined,
      usual: '0.56 wavelength: one octave wide',
    },
    aspect: above(0, 1, 'width of the gaussian across the stripes divided by its width along them'),
    phase: finite(0, 'shift of the wave in degrees: 0 responds to lines, 90 to edges'),
    size: oddSize('3 sigma on either side'),
  },
  invalidReason: ({ size }) => sizeProblem(size),
  shape: ({
    wavelength,
    aspect,
    sigma = sigmaPerWavelength * wavelength,
    size = oddExtentForRadius((3 * sigma) / Math.min(1, aspect)),
  }) => [size, size],
  weights: (
    { wavelength, angle, aspect, phase, sigma = sigmaPerWavelength * wavelength },
    shape,
  ) => {
    const [row, column] = direction(angle)
    const envelope = normalizeWeights(
      sampleWeights(shape, (y = 0, x = 0) => {
        const [along, across] = [x * column + y * row, aspect * (x * row - y * column)]
        return exponential(-(along * along + across * across) / (2 * sigma * sigma))
      }),
    )
    // cos(a + φ) as two terms, so that φ = 90° is exactly odd.
    const [sine, cosine] = direction(phase)
    const wave = sampleWeights(shape, (y = 0, x = 0) => {
      const at = turn(x * column + y * row, wavelength)
      return at.cosine * cosine + at.sine * sine
    })
    const mean = total(envelope.values.map((value, i) => value * wave.values[i]!))
    const weights = {
      shape,
      values: envelope.values.map((value, i) => value * (wave.values[i]! - mean)),
    }
    return zeroSumWeights(scaleWeights(weights, 1 / total(weights.values.map(Math.abs))))
  },
})

const sigmaPerWavelength = 0.56

const sizeProblem = (size: number | undefined): string | undefined =>
  size === 1
    ? 'size is 1, but a single weight with sum 0 is 0. Give at least 3, or leave it out.'
    : undefined

export const edges: readonly KernelDefinition[] = [
  articleEmboss,
  ...derivatives('sobel', 'Sobel', [1, 2]),
  ...derivatives('scharr', 'Scharr', [3, 10]),
  ...derivatives('prewitt', 'Prewitt', [1, 1]),
  laplacian,
  laplacian8,
  log,
  dog,
  gabor,
]
