/**
 * The computations of sizes and padding: the number line, the resized kernel, the nearest window,
 * and what each rule reads outside.
 */

import { type AxisGeometry, correlate, ndarray, parseCase } from 'stridefold/sync'
import { describe, expect, it } from 'vitest'
import { randomFractions } from '../src/model/numbers.ts'
import { outputNear, spanOf } from '../src/stage/change-sizes.ts'
import { cellsOf, type RuleName, ruleNames, sourcesOf } from '../src/stage/docks/border-line.ts'
import { leftOverOf, linePlan, placeAt } from '../src/stage/docks/size-line.ts'
import { sizesLayout } from '../src/stage/docks/sizes-layout.ts'
import { kernelNames, namedKernel } from '../src/stage/kernels.ts'
import { resizedKernel } from '../src/stage/resize-kernel.ts'

const axisFrom = (text: string): AxisGeometry => parseCase(text).axes.at(-1)!

const next = randomFractions(7)
const upTo = (max: number): number => Math.floor(next() * (max + 1))
const axes: readonly AxisGeometry[] = Array.from({ length: 400 }, () =>
  axisFrom(
    `${1 + upTo(80)} * ${1 + upTo(6)} s${1 + upTo(3)} d${1 + upTo(2)} p${upTo(4)}:${upTo(4)}`,
  ),
).filter(({ output }) => output > 0)

describe('the number line', () => {
  it('draws the first, the last and the current window where they are', () => {
    expect(axes.length).toBeGreaterThan(300)
    for (const axis of axes) {
      const current = upTo(axis.output - 1)
      const plan = linePlan(axis, current, { width: 590, rows: 3, label: 26, gap: 84 })
      const drawn = plan.bars.map(({ output }) => output)
      expect(drawn).toEqual(expect.arrayContaining([0, current, axis.output - 1]))
      expect(plan.width).toBeLessThanOrEqual(590)
      for (const { output, left } of plan.bars) {
        expect(placeAt(plan, left + plan.pitch / 2)).toBe(output * axis.stride)
        const end = left + (spanOf(axis) - 0.5) * plan.pitch
        expect(placeAt(plan, end)).toBe(output * axis.stride + spanOf(axis) - 1)
      }
    }
  })

  it('counts the windows of each gap, and never lets two bars touch', () => {
    for (const axis of axes) {
      const plan = linePlan(axis, 0, { width: 590, rows: 3, label: 26, gap: 84 })
      const shown = new Set(plan.bars.map(({ output }) => output))
      const hidden = axis.output - shown.size
      const told = plan.gaps.reduce((sum, { windows }) => sum + windows, 0)
      expect(told).toBeLessThanOrEqual(hidden)
      for (const a of plan.bars)
        for (const b of plan.bars)
          if (a.row === b.row && a.left < b.left)
            expect(a.left + spanOf(axis) * plan.pitch + 26).toBeLessThanOrEqual(b.left)
    }
  })

  it('tells the two ends and the middle of a long axis', () => {
    const plan = linePlan(axisFrom('64 * 3'), 0, { width: 590, rows: 3, label: 26, gap: 84 })
    expect(plan.bars.map(({ output }) => output)).toEqual([0, 1, 2, 59, 60, 61])
    expect(plan.gaps.map(({ windows }) => windows)).toEqual([56])
    expect(plan.bars.map(({ row }) => row)).toEqual([0, 1, 2, 0, 1, 2])
  })

  it('leaves over what no window reads at the end', () => {
    for (const axis of axes) {
      const places = axis.before + axis.input + axis.after
      const end = (axis.output - 1) * axis.stride + spanOf(axis)
      expect(leftOverOf(axis)).toBe(places - end)
    }
    expect(leftOverOf(axisFrom('64 * 3 s4'))).toBe(1)
  })

  it('finds the window nearest to a sample', () => {
    for (const axis of axes) {
      const sample = upTo(axis.input - 1)
      const centres = Array.from(
        { length: axis.output },
        (_, o) => o * axis.stride - axis.before + (spanOf(axis) - 1) / 2,
      )
      const nearest = Math.min(...centres.map((centre) => Math.abs(centre - sample)))
      expect(Math.abs(centres[outputNear(axis, sample)]! - sample)).toBe(nearest)
    }
  })
})

describe('a resized kernel', () => {
  const typed = { values: [1, 2, 3, 4, 5, 6, 7, 8, 9], divisor: 5, width: 3, height: 3 }

  it('keeps its name', () => {
    for (const name of kernelNames) {
      const from = { ...namedKernel(name, 3, 3), width: 3, height: 3 }
      const { values, divisor } = resizedKernel(from, name, 5, 4)
      expect({ values, divisor }).toEqual(namedKernel(name, 5, 4))
    }
  })

  it('keeps what overlaps around the middle, and the divisor', () => {
    expect(resizedKernel(typed, undefined, 3, 3)).toBe(typed)
    expect(resizedKernel(typed, undefined, 1, 3).values).toEqual([2, 5, 8])
    expect(resizedKernel(typed, undefined, 4, 2)).toEqual({
      values: [4, 5, 6, 0, 7, 8, 9, 0],
      divisor: 5,
      width: 4,
      height: 2,
    })
    const larger = resizedKernel(typed, undefined, 7, 6)
    expect(larger.values.filter((w) => w !== 0)).toEqual(typed.values)
    expect(resizedKernel(larger, undefined, 3, 3)).toEqual(typed)
  })
})

describe('what is read outside', () => {
  it('is what the library reads, for every rule and padding', () => {
    const line = [3, 9, 4, 7, 1, 8]
    const rules = ruleNames.map((name) => (name === 'constant' ? { constant: 2.5 } : name))
    for (const rule of rules)
      for (const [before, after] of [
        [1, 1],
        [2, 0],
        [0, 1],
        [4, 3],
        [0, 2],
      ] as const) {
        const outside = Math.min(2, before || after)
        const { data } = correlate(ndarray(Float64Array.from(line), [6]), [1], {
          padding: [[outside, outside]],
          boundary: rule,
          dtype: 'float64',
        })
        const padded = Array.from(data)
        const cells = cellsOf(sourcesOf(6, [before, after], rule), line, rule)
        const shown = cells.map(({ value }) => value)
        expect(shown).toEqual(before > 0 ? padded.slice(0, 5) : padded.slice(-5))
        const flags = cells.map(({ isOutside }) => isOutside)
        expect(flags.filter(Boolean)).toHaveLength(outside)
        expect(before > 0 ? flags[0] : flags.at(-1)).toBe(true)
      }
  })

  it('of 3 9 0 is as by hand', () => {
    const read = (name: RuleName): readonly number[] => {
      const rule = name === 'constant' ? { constant: 1 } : name
      return cellsOf(sourcesOf(3, [2, 2], rule), [3, 9, 0], rule)
        .slice(0, 2)
        .map(({ value }) => value)
    }
    expect(Object.fromEntries(ruleNames.map((name) => [name, read(name)]))).toEqual({
      zero: [0, 0],
      constant: [1, 1],
      edge: [3, 3],
      symmetric: [9, 3],
      reflect: [0, 9],
      wrap: [9, 0],
    })
  })
})

describe('the box of the view', () => {
  it('is shared without an overflow', () => {
    for (const [width, height] of [
      [674, 287],
      [674, 266],
      [577, 203],
      [1058, 567],
      [760, 320],
    ] as const) {
      const room = sizesLayout({ width, height, isPhone: false }, true)
      expect(3 * room.mode.width + 16).toBeLessThan(width)
      expect(room.mode.width).toBeGreaterThan(80)
    }
    expect(sizesLayout({ width: 674, height: 287, isPhone: false }, true)).toMatchObject({
      barRows: 3,
      border: { columns: 2, hasStrips: true },
    })
  })
})
