/** Kernels that amplify differences and keep everything else. Their weights sum to 1. */

import {
  above,
  angle,
  defineKernel,
  direction,
  finite,
  type KernelDefinition,
  oddExtentForRadius,
  oddSize,
} from './definition.ts'
import { gaussianWeights } from './smoothing.ts'
import { sampleWeights } from './weights.ts'

const sharpen = defineKernel({
  name: 'sharpen',
  summary: 'adds the difference between each sample and its four neighbours',
  parameters: { amount: finite(1, 'factor for the added difference') },
  shape: () => [3, 3],
  weights: ({ amount }, shape) =>
    sampleWeights(shape, (y = 0, x = 0) =>
      x === 0 && y === 0 ? 1 + 4 * amount : x === 0 || y === 0 ? 0 - amount : 0,
    ),
})

const unsharp = defineKernel({
  name: 'unsharp',
  summary: 'sharpens by adding the difference from a gaussian blur (unsharp mask)',
  parameters: {
    sigma: above(0, 2, 'standard deviation of the gaussian in samples'),
    amount: finite(1, 'factor for the added difference'),
    size: oddSize('4 sigma on either side'),
  },
  shape: ({ sigma, size = oddExtentForRadius(4 * sigma) }) => [size, size],
  weights: ({ sigma, amount }, shape) => {
    const { values } = gaussianWeights(shape, [sigma, sigma])
    const peak = (values.length - 1) / 2
    return {
      shape,
      values: values.map((value, i) =>
        i === peak ? 1 + amount * (1 - value) : 0 - amount * value,
      ),
    }
  },
})

const emboss = defineKernel({
  name: 'emboss',
  summary:
    'shows the image as a relief under light: slopes that face the light get brighter, ' +
    'the others darker',
  parameters: {
    angle: angle(135, 'direction of the light source'),
    amount: finite(1, 'height of the relief, as a factor'),
  },
  shape: () => [3, 3],
  weights: ({ angle, amount }, shape) => {
    const [row, column] = direction(angle)
    // The larger component becomes 1, so that the eight directions have integer weights. 135° gives
    // the usual matrix with −2 … 2.
    const scale = Math.max(Math.abs(row), Math.abs(column))
    return sampleWeights(shape, (y = 0, x = 0) =>
      x === 0 && y === 0 ? 1 : 0 - amount * (y * (row / scale) + x * (column / scale)),
    )
  },
})

export const sharpening: readonly KernelDefinition[] = [sharpen, unsharp, emboss]
