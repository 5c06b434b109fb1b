/**
 * The colours of taps: digits on them are readable, they stand out from the page, and the nine of a
 * 3×3 kernel differ. Contrast is that of WCAG 2; distance is that of OKLab.
 */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type TapColour, tapColour } from '../src/model/colours.ts'

type Channels = readonly [red: number, green: number, blue: number]

/** The grounds of the page that a colour may lie on, lightest and darkest of each theme. */
const grounds = {
  light: ['rgb(255 255 255)', 'rgb(243 244 245)'],
  dark: ['rgb(20 22 26)', 'rgb(29 32 38)'],
} as const

const inkByName: Readonly<Record<string, string>> = {
  '#000': 'rgb(0 0 0)',
  '#fff': 'rgb(255 255 255)',
}

function linearOf(colour: string): Channels {
  const channels = (inkByName[colour] ?? colour).match(/\d+/g)!.map((text) => {
    const c = Number(text) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return [channels[0]!, channels[1]!, channels[2]!]
}

const luminance = (colour: string): number => {
  const [red, green, blue] = linearOf(colour)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}

function oklab(colour: string): Channels {
  const [red, green, blue] = linearOf(colour)
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function leastDistance(colours: readonly TapColour[]): number {
  const points = colours.map(({ background }) => oklab(background))
  return Math.min(
    ...points.flatMap((p, i) =>
      points.slice(0, i).map((q) => Math.hypot(...p.map((x, a) => x - q[a]!))),
    ),
  )
}

const kernels = [
  [1, 1],
  [3, 3],
  [2, 3],
  [3, 2],
  [5, 5],
  [7, 7],
  [11, 11],
  [1, 9],
  [9, 1],
  [8, 1],
] as const

describe.each([false, true])('dark: %s', (isDark) => {
  const coloursOf = (columns: number, rows: number, planes = 1): readonly TapColour[] =>
    Array.from({ length: columns * rows * planes }, (_, tap) =>
      tapColour(tap, columns, rows, isDark),
    )

  test.each(kernels)('%i×%i, four planes: readable digits, visible cells', (columns, rows) => {
    for (const { background, ink } of coloursOf(columns, rows, 4)) {
      expect(contrast(background, ink)).toBeGreaterThanOrEqual(4.5)
      for (const ground of grounds[isDark ? 'dark' : 'light'])
        expect(contrast(background, ground)).toBeGreaterThanOrEqual(3)
    }
  })

  test('the nine of a 3×3 kernel differ; so do the taps of a line', () => {
    expect(leastDistance(coloursOf(3, 3))).toBeGreaterThan(0.11)
    expect(leastDistance(coloursOf(5, 5))).toBeGreaterThan(0.05)
    expect(leastDistance(coloursOf(9, 1))).toBeGreaterThan(0.1)
    expect(coloursOf(1, 9)).toEqual(coloursOf(9, 1))
  })

  test('a row has one hue, a column one lightness', () => {
    const nine = coloursOf(3, 3).map(({ background }) => oklab(background))
    const hue = ([, a, b]: Channels): number => Math.atan2(b, a)
    for (const tap of [0, 3, 6]) {
      expect(hue(nine[tap]!)).toBeCloseTo(hue(nine[tap + 2]!), 1)
      expect(nine[tap]![0]).toBeLessThan(nine[tap + 1]![0])
      expect(nine[tap + 1]![0]).toBeLessThan(nine[tap + 2]![0])
    }
    for (const tap of [0, 1, 2]) expect(nine[tap]![0]).toBeCloseTo(nine[tap + 6]![0], 2)
  })

  test('three planes in a row differ, the fourth repeats the first', () => {
    expect(leastDistance([0, 9, 18].map((tap) => tapColour(tap, 3, 3, isDark)))).toBeGreaterThan(
      0.03,
    )
    expect(tapColour(27, 3, 3, isDark)).toEqual(tapColour(0, 3, 3, isDark))
  })
})

test('the module imports nothing', () => {
  const text = readFileSync(new URL('../src/model/colours.ts', import.meta.url), 'utf8')
  expect(text).not.toMatch(/^import|\bimport\(/m)
})
