/**
 * Do the phases of a dilated input hold every product of the definition once, and are they few,
 * whatever the stride of a transposed layer?
 */

import { describe, expect, test } from 'vitest'
import {
  componentCount,
  hasUnread,
  type ComponentAxis,
  polyphaseComponents,
  unsupportedComponents,
  singleComponents,
} from '../src/algorithms/polyphase.ts'
import { type AxisParts, type ConvGeometry, makeGeometry } from '../src/geometry/geometry.ts'
import { random } from './random-geometry.ts'

/** "output, tap → sample" of every product that an axis has, by the definition. */
function productsOf({ axes }: ConvGeometry): string[] {
  const { stride, dilation, inputDilation, before, kernel, output } = axes[0]!
  const found: string[] = []
  for (let o = 0; o < output; o++) {
    for (let t = 0; t < kernel; t++) {
      const position = o * stride + t * dilation - before
      if (position % inputDilation === 0) found.push(`${o}, ${t} → ${position / inputDilation}`)
    }
  }
  return found
}

/** The same, as the phases say. */
function productsIn(axes: readonly ComponentAxis[]): string[] {
  return axes.flatMap((axis) => {
    const found: string[] = []
    for (let j = 0; j < axis.siblings; j++) {
      for (let q = 0; q < axis.outputs; q++) {
        for (let u = 0; u < axis.taps; u++) {
          const output = axis.outputStart + j * axis.outputNext + q * axis.outputStep
          const tap = axis.kernelStart + j * axis.kernelNext + u * axis.kernelStep
          found.push(`${output}, ${tap} → ${q * axis.stride + u * axis.dilation - axis.before}`)
        }
      }
    }
    return found
  })
}

const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 24, 30, 35, 64]

describe('every product of the definition is in one phase', () => {
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
      const axes = polyphaseComponents(g).map((phase) => phase[0]!)
      expect(productsIn(axes).toSorted(), g.key).toEqual(productsOf(g).toSorted())
      const single = singleComponents(g).map((phase) => phase[0]!)
      expect(productsIn(single).toSorted(), g.key).toEqual(productsOf(g).toSorted())
      expect(single).toHaveLength(componentCount(g))
      const read = new Set(productsOf(g).map((line) => line.split(',')[0])).size
      expect(hasUnread(g), g.key).toBe(read < g.axes[0]!.output)
    }
  })

  test.each([2, 32, 1000, 2 ** 20, 2 ** 40])(
    'input dilation %i: each sample meets each tap once',
    (inputDilation) => {
      for (const kernel of [1, 2, 3, 31, 64]) {
        // All positions of the kernel over all samples.
        const axis = { input: 4, kernel, inputDilation, before: kernel - 1, after: kernel - 1 }
        const products = productsIn(
          polyphaseComponents(makeGeometry({ axes: [axis] })).map((phase) => phase[0]!),
        )
        const ofSamples = products.filter((line) => /→ [0-3]$/.test(line))
        expect(ofSamples).toHaveLength(4 * kernel)
        expect(new Set(products).size).toBe(products.length)
      }
    },
  )
})

describe('phases are few', () => {
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

  test('dilation: no more than grow with it, nor than there are taps', () => {
    for (const [kernel, dilation, most] of [
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
      expect(polyphaseComponents(g).length, g.key).toBeLessThanOrEqual(most)
    }
  })

  test('what would fall into too many is refused without making them', () => {
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
