/**
 * The parts of the flip view have room: digits fit their cells, and a card holds its products
 * beside its sum.
 */

import { expect, test } from 'vitest'
import { flipLayout } from '../src/stage/docks/flip-layout.ts'

const kernels = [
  { width: 1, height: 1 },
  { width: 3, height: 3 },
  { width: 4, height: 2 },
  { width: 5, height: 1 },
  { width: 7, height: 7 },
]

test.each([
  { width: 680, height: 231, isPhone: false },
  { width: 583, height: 146, isPhone: false },
  { width: 346, height: 290, isPhone: true },
])('everything has room in $width × $height', (box) => {
  for (const kernel of kernels)
    for (const outputs of [
      { width: 5, height: 3 },
      { width: 9, height: 9 },
    ])
      for (const product of [1, 4, 6]) {
        const at = flipLayout(box, {
          kernel,
          outputs,
          lengths: { weight: 2, product, difference: 6, result: 9 },
        })
        const room = box.isPhone ? box.width : box.width - at.left - 22
        const card = (room - 12) / 2 - 18
        expect(at.product.width * kernel.width).toBeLessThanOrEqual(card)
        expect(at.sumWidth).toBeGreaterThanOrEqual(9 * 6.9)
        expect(at.difference.width * outputs.width).toBeLessThanOrEqual(room)
        expect(at.turn).toBeLessThanOrEqual(at.left + 10)
        expect(at.weight * Math.hypot(kernel.width, kernel.height)).toBeLessThanOrEqual(
          at.turn + 0.01,
        )
        if (at.hasProducts) {
          expect(at.product.type).toBeGreaterThanOrEqual(12)
          expect(at.product.width).toBeGreaterThanOrEqual(product * 6.9 + 5)
        }
        if (!box.isPhone)
          expect(at.product.height * (kernel.height + outputs.height)).toBeLessThanOrEqual(
            Math.max(box.height, 7 * (kernel.height + outputs.height)),
          )
      }
})
