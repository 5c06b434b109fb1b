/**
 * The docked sum: exact decimal arithmetic, orders of summation, the axis, and the texts to copy.
 */

import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  type Decimal,
  decimalOf,
  decimalText,
  dividedBy,
  plus,
  times,
} from '../src/stage/docks/decimal.ts'
import { latexSum, plainSum } from '../src/stage/docks/sum-copy.ts'
import { type SumRequest, sumLayout } from '../src/stage/docks/sum-layout.ts'
import {
  axisFor,
  exactOutput,
  exactSum,
  float32Sum,
  inOrder,
  runningSums,
  wholeAxis,
} from '../src/stage/docks/sum-steps.ts'
import { type Product, productsAt, stageModelOf } from '../src/stage/stage-model.ts'

const article = stageModelOf({
  problem: '1x1x3x3 * 1x1x2x2',
  input: { values: [3, 9, 0, 2, 8, 1, 1, 4, 8] },
  kernel: { values: [8, 9, 4, 4] },
  divisor: 1,
  bias: 0.06,
})
const first = { x: 0, y: 0 }

const productOf = (value: number, weight: number, tap = 0): Product => ({
  tap,
  x: 0,
  y: 0,
  isPadding: false,
  value,
  weight,
  product: value * weight,
})
const text = (decimal: Decimal | undefined): string | undefined => decimal && decimalText(decimal)

describe('decimals', () => {
  it.each([
    [0, '0'],
    [-12.5, '−12.5'],
    [0.06, '0.06'],
    [Math.fround(0.1), '0.1'],
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
  ])('%d', (value, expected) => {
    expect(text(decimalOf(value))).toBe(expected)
  })

  it('has none for NaN and infinities', () => {
    expect(decimalOf(Number.NaN)).toBeUndefined()
    expect(decimalOf(Number.NEGATIVE_INFINITY)).toBeUndefined()
  })

  it('adds and multiplies as whole numbers do', () => {
    const cents = fc.integer({ min: -1e6, max: 1e6 })
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const [x, y] = [decimalOf(a / 100)!, decimalOf(b / 100)!]
        expect(text(plus(x, y))).toBe(text({ digits: BigInt(a + b), places: 2 }))
        expect(text(times(x, y))).toBe(text({ digits: BigInt(a) * BigInt(b), places: 4 }))
      }),
    )
  })

  it('divides where the quotient ends', () => {
    expect(text(dividedBy(decimalOf(3071)!, decimalOf(16)!))).toBe('191.9375')
    expect(text(dividedBy(decimalOf(-1.2)!, decimalOf(0.4)!))).toBe('−3')
    expect(dividedBy(decimalOf(1)!, decimalOf(3)!)).toBeUndefined()
  })
})

describe('the article’s sum', () => {
  const products = productsAt(article, first)

  it('is 24 + 81 + 8 + 32 = 145, and 145.06 with the bias', () => {
    expect(runningSums(products)).toEqual([24, 105, 113, 145])
    expect(text(exactSum(products))).toBe('145')
    expect(text(exactOutput(products, article))).toBe('145.06')
  })

  it('can be added by size', () => {
    const sizes = (order: 'largest' | 'smallest'): number[] =>
      inOrder(products, order).map(({ product }) => product)
    expect(sizes('largest')).toEqual([81, 32, 24, 8])
    expect(sizes('smallest')).toEqual([8, 24, 32, 81])
    expect(inOrder(products, 'rows').map(({ tap }) => tap)).toEqual([0, 1, 2, 3])
  })

  it('can be copied', () => {
    const sum = { model: article, place: first, products }
    expect(plainSum(sum)).toBe('y[0, 0] = 3*8 + 9*9 + 2*4 + 8*4 + 0.06 = 145.06')
    expect(latexSum(sum)).toBe(
      'y_{0,0} = 3 \\cdot 8 + 9 \\cdot 9 + 2 \\cdot 4 + 8 \\cdot 4 + 0.06 = 145.06',
    )
  })
})

test('the copied formula has its own value, also with negative numbers and a divisor', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 9, maxLength: 9 }),
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 }),
      fc.constantFrom(1, 3, -4, 8),
      fc.constantFrom(0, 0.5, -2),
      (samples, weights, divisor, bias) => {
        const model = stageModelOf({
          problem: '1x1x3x3 * 1x1x2x2',
          input: { values: samples },
          kernel: { values: weights },
          divisor,
          bias,
        })
        const products = productsAt(model, { x: 1, y: 1 })
        const line = plainSum({ model, place: { x: 1, y: 1 }, products })
        const [, formula, relation, result] = /^y\[1, 1\] = (.*) ([=≈]) ([-\d.e]+)$/.exec(line)!
        const value = Number(new Function(`return ${formula}`)())
        expect(Number(result)).toBeCloseTo(value, 9)
        const thirds = Math.abs(value - bias) * 3
        if (divisor !== 3) expect(relation).toBe('=')
        else expect(relation).toBe(Math.round(thirds) % 3 === 0 ? '=' : '≈')
      },
    ),
  )
})

describe('float32', () => {
  it('loses digits that the exact sum has, by order', () => {
    const products = [productOf(1e8, 1, 0), productOf(1, 1, 1), productOf(-1e8, 1, 2)]
    expect(text(exactSum(products))).toBe('1')
    expect(float32Sum(products)).toBe(0)
    expect(float32Sum([products[0]!, products[2]!, products[1]!])).toBe(1)
  })

  it('is exact for whole numbers below 2²⁴', () => {
    const whole = fc.integer({ min: -255, max: 255 })
    fc.assert(
      fc.property(fc.array(fc.tuple(whole, whole), { minLength: 1, maxLength: 49 }), (pairs) => {
        const products = pairs.map(([value, weight], tap) => productOf(value, weight, tap))
        expect(String(float32Sum(products))).toBe(text(exactSum(products))!.replace('−', '-'))
      }),
    )
  })
})

describe('the axis', () => {
  it.each([
    [[-64, 0, 246, -88, 0, 486, -69, 0, 240], -250, 1000],
    [[24, 81, 8, 32], 0, 150],
    [[-3, -0.5], -4, 0],
    [[0, 0], 0, 1],
  ])('%o: from %d to %d', (values, low, high) => {
    expect(axisFor(values.map((value) => productOf(value, 1)))).toEqual({ low, high })
  })

  it('holds every running sum in every order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 25 }),
        (values) => {
          const products = values.map((value, tap) => productOf(value, 1, tap))
          const { low, high } = axisFor(products)
          for (const order of ['rows', 'largest', 'smallest'] as const)
            for (const sum of runningSums(inOrder(products, order))) {
              expect(sum).toBeGreaterThanOrEqual(low)
              expect(sum).toBeLessThanOrEqual(high)
            }
        },
      ),
    )
  })

  it('all sums of a kernel: its negative and its positive weights alone', () => {
    expect(wholeAxis(article)).toEqual({ low: 0, high: 225 })
  })
})

const usual: SumRequest = {
  width: 680,
  height: 207,
  columns: 9,
  groupSize: 3,
  needed: { value: 3, weight: 2, product: 4, sum: 5 },
  totalNeeded: 8,
  isPhone: false,
  hasScale: true,
  digitShare: 0.556,
}

describe('sizes', () => {
  it.each([
    ['3×3 on a desk', usual, true],
    ['1024 px', { ...usual, width: 580, height: 120 }, true],
    ['5×5', { ...usual, columns: 25, groupSize: 5 }, false],
    ['7×7', { ...usual, columns: 49, groupSize: 7 }, false],
    ['phone', { ...usual, width: 320, height: undefined, isPhone: true }, false],
    ['large screen', { ...usual, width: 1084, height: 520 }, true],
    ['one product', { ...usual, columns: 1, groupSize: 1 }, true],
  ])('%s: everything fits the width', (_, request, hasAllDigits) => {
    const layout = sumLayout(request)
    expect(layout.tableWidth + layout.scaleWidth).toBeLessThanOrEqual(request.width)
    expect(layout.lefts).toHaveLength(request.columns + 1)
    expect(layout.fontSize).toBeGreaterThanOrEqual(request.isPhone ? 11 : 12)
    expect(layout.totalCharacters).toBeGreaterThanOrEqual(request.totalNeeded)
    expect(Object.values(layout.characters).every((count) => count > 0)).toBe(hasAllDigits)
  })
})
