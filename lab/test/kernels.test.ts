/**
 * The kernels with a name: the usual numbers, and laws that hold for every size.
 */

import { describe, expect, it } from 'vitest'
import { kernelNames, namedKernel, nameOf } from '../src/stage/kernels.ts'

const sizes = Array.from({ length: 49 }, (_, i) => [1 + (i % 7), 1 + Math.floor(i / 7)] as const)
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

describe('named kernels', () => {
  it.each([
    ['blur', 3, 3, [1, 2, 1, 2, 4, 2, 1, 2, 1], 16],
    ['blur', 4, 1, [1, 3, 3, 1], 8],
    ['sharpen', 3, 3, [0, -1, 0, -1, 5, -1, 0, -1, 0], 1],
    ['sharpen', 2, 2, [7, -1, -1, -1], 4],
    ['sharpen', 1, 3, [-1, 6, -1], 4],
    ['edges-x', 3, 3, [-1, 0, 1, -2, 0, 2, -1, 0, 1], 1],
    ['edges-x', 2, 1, [-1, 1], 1],
    ['edges-x', 4, 1, [-1, -1, 1, 1], 1],
    ['edges-x', 5, 1, [-1, -2, 0, 2, 1], 1],
    ['edges-y', 3, 3, [-1, -2, -1, 0, 0, 0, 1, 2, 1], 1],
    ['edges-y', 1, 5, [-1, -2, 0, 2, 1], 1],
    ['edges-x', 1, 3, [1, 2, 1], 4],
    ['emboss', 3, 3, [-2, -1, 0, -1, 0, 1, 0, 1, 2], 1],
    ['emboss', 2, 2, [-1, 0, 0, 1], 1],
    ['emboss', 2, 3, [-3, -1, -1, 1, 1, 3], 1],
  ] as const)('%s %i×%i', (name, width, height, values, divisor) => {
    expect(namedKernel(name, width, height)).toEqual({ values, divisor })
  })

  it('are whole numbers that cancel or add up to the divisor', () => {
    for (const name of kernelNames)
      for (const [width, height] of sizes) {
        const { values, divisor } = namedKernel(name, width, height)
        expect(values).toHaveLength(width * height)
        expect(values.every(Number.isInteger)).toBe(true)
        const total = sum(values)
        expect(total === 0 ? divisor : total, `${name} ${width}×${height}`).toBe(
          total === 0 ? 1 : divisor,
        )
        if (name === 'blur' || name === 'sharpen') expect(total).toBe(divisor)
        if (name === 'edges-x' && width > 1) expect(total).toBe(0)
        if (name === 'edges-y' && height > 1) expect(total).toBe(0)
      }
  })

  it('sharpen is twice the picture without the blur', () => {
    for (const [width, height] of sizes) {
      if (width === 3 && height === 3) continue
      const [sharpen, blur] = [
        namedKernel('sharpen', width, height),
        namedKernel('blur', width, height),
      ]
      const delta = sharpen.values.map(
        (w, i) => w / sharpen.divisor + blur.values[i]! / blur.divisor,
      )
      expect([...delta].sort((a, b) => b - a)).toEqual([2, ...delta.slice(1).fill(0)])
    }
  })

  it('have their names back, except where several are the same', () => {
    for (const name of kernelNames)
      for (const [width, height] of sizes) {
        const { values, divisor } = namedKernel(name, width, height)
        const found = nameOf(values, divisor, width, height)!
        if (width > 1 && height > 1) expect(found).toBe(name)
        expect(namedKernel(found, width, height)).toEqual({ values, divisor })
      }
    expect(nameOf([1, 2, 1, 2, 4, 2, 1, 2, 1], 1, 3, 3)).toBeUndefined()
    expect(nameOf([1, 2, 1, 2, 4, 2, 1, 2, 2], 16, 3, 3)).toBeUndefined()
  })
})
