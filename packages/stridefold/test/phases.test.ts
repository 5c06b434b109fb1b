/**
 * Do the polyphase components of a dilated input hold every product of the definition exactly once?
 * Does their number stay small for every stride of a transposed layer? The tests list all products
 * of an axis twice, from the definition and from the components, and compare the lists.
 */

import { describe, expect, test } from 'vitest'
import {
  type ComponentAxis,
  componentCount,
  hasUnread,
  polyphaseComponents,
  singleComponents,
  unsupportedComponents,
} from '../src/algorithms/polyphase.ts'
import { type AxisParts, type ConvGeometry, makeGeometry } from '../src/geometry/geometry.ts'
import { random } from './random-geometry.ts'

/** Lists every product of an axis as "output, tap → sample", from the definition. */
function productsByDefinition({ axes }: ConvGeometry): string[] {
  const { stride, dilation, inputDilation, before, kernel, output } = axes[0]!
  const products: string[] = []
  for (let o = 0; o < output; o++) {
    for (let t = 0; t < kernel; t++) {
      const position = o * stride + t * dilation - before
      if (position % inputDilation === 0) products.push(`${o}, ${t} → ${position / inputDilation}`)
    }
  }
  return products
}

/** Lists the same products, from the polyphase components. */
function productsByComponents(axes: readonly ComponentAxis[]): string[] {
  return axes.flatMap((axis) => {
    const products: string[] = []
    for (let j = 0; j < axis.siblings; j++) {
      for (let q = 0; q < axis.outputs; q++) {
        for (let u = 0; u < axis.taps; u++) {
          const output = axis.outputStart + j * axis.outputNext + q * axis.outputStep
          const tap = axis.kernelStart + j * axis.kernelNext + u * axis.kernelStep
          products.push(`${output}, ${tap} → ${q * axis.stride + u * axis.dilation - axis.before}`)
        }
      }
    }
    return products
  })
}

const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 24, 30, 35, 64]

describe('every product of the definition is in exactly one component', () => {
  test('random strides, dilations, input dilations and kernels', () => {
    const next = random(11)
    const pick = (): number => sizes[next(sizes.length)]!
    for (let run = 0; run < 3000; run++) {
      const parts: AxisParts = {
        ...{
          input: 1 + next(5),
          kernel: next(3) === 0 ? 1 + next(80) : 1 + next(6),
          inputDilation: pick(),
        },
        ...{
          stride: next(2) === 0 ? 1 : pick(),
          dilation: next(2) === 0 ? 1 : pick(),
          before: next(60) - 20,
          after: next(60) - 20,
        },
      }
      const g = makeGeometry({ axes: [parts] })
      const axes = polyphaseComponents(g).map((component) => component[0]!)
      expect(productsByComponents(axes).toSorted(), g.key).toEqual(
        productsByDefinition(g).toSorted(),
      )
      const single = singleComponents(g).map((component) => component[0]!)
      expect(productsByComponents(single).toSorted(), g.key).toEqual(
        productsByDefinition(g).toSorted(),
      )
      expect(single).toHaveLength(componentCount(g))
      const read = new Set(productsByDefinition(g).map((line) => line.split(',')[0])).size
      expect(hasUnread(g), g.key).toBe(read < g.axes[0]!.output)
    }
  })

  test.each([2, 32, 1000, 2 ** 20, 2 ** 40])(
    'input dilation %i: each tap multiplies each sample once',
    (inputDilation) => {
      for (const kernel of [1, 2, 3, 31, 64]) {
        // Full padding: the kernel takes every position that overlaps a sample.
        const axis = { input: 4, kernel, inputDilation, before: kernel - 1, after: kernel - 1 }
        const products = productsByComponents(
          polyphaseComponents(makeGeometry({ axes: [axis] })).map((component) => component[0]!),
        )
        const productsOfSamples = products.filter((line) => /→ [0-3]$/.test(line))
        expect(productsOfSamples).toHaveLength(4 * kernel)
        expect(new Set(products).size).toBe(products.length)
      }
    },
  )
})

describe('the number of components is small', () => {
  test.each([2, 3, 4, 32, 1000, 2 ** 20, 2 ** 40])(
    'stride %i of a transposed layer',
    (inputDilation) => {
      for (const kernel of [1, 2, 3, 4, 5, 64, 1000, 2 ** 30]) {
        for (const before of [0, 1, kernel - 1, kernel, -inputDilation - 1, 5 * inputDilation]) {
          for (const after of [0, 1, kernel - 1, inputDilation]) {
            const g = makeGeometry({ axes: [{ input: 3, kernel, inputDilation, before, after }] })
            expect(polyphaseComponents(g).length, g.key).toBeLessThanOrEqual(4)
          }
        }
      }
    },
  )

  test('with dilation: at most the given number, and never more than the taps', () => {
    for (const [kernel, dilation, maxComponents] of [
      [64, 2, 6],
      [64, 3, 8],
      [3, 2 ** 20 + 7, 3],
    ] as const) {
      const g = makeGeometry({
        axes: [
          {
            input: 9,
            kernel,
            dilation,
            inputDilation: 1000,
            before: 100 * kernel,
            after: 100 * kernel,
          },
        ],
      })
      expect(polyphaseComponents(g).length, g.key).toBeLessThanOrEqual(maxComponents)
    }
  })

  test('too many components: the geometry is rejected before they are built', () => {
    const axis = {
      input: 3,
      kernel: 2 ** 30,
      dilation: 2 ** 20 + 7,
      inputDilation: 2 ** 22 + 15,
      before: 2 ** 51,
    }
    expect(unsupportedComponents(makeGeometry({ axes: [axis] }))).toMatch(
      /^its input dilation gives \d+ different polyphase components/,
    )
    expect(
      unsupportedComponents(
        makeGeometry({ axes: [{ input: 3, kernel: 3, inputDilation: 2 ** 40 }] }),
      ),
    ).toBeUndefined()
  })
})
