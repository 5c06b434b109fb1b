/**
 * Does one line of notation describe every geometry, and does an error in it give its position and
 * cause?
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GeometryParts } from '../src/geometry/geometry.ts'
import { makeGeometry } from '../src/geometry/geometry.ts'
import { formatCase, parseCase } from '../src/geometry/notation.ts'
import { geometry } from '../src/geometry/shapes.ts'

const small = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })

const anyBoundary = fc.oneof(
  fc.constantFrom(
    'zero' as const,
    'edge' as const,
    'reflect' as const,
    'symmetric' as const,
    'wrap' as const,
  ),
  fc.double().map((constant) => ({ constant })),
)

const anyAxis = fc.record({
  input: small(0, 20),
  kernel: small(1, 7),
  stride: small(1, 3),
  dilation: small(1, 3),
  inputDilation: small(1, 3),
  before: small(-4, 9),
  after: small(-4, 9),
})

const anyParts: fc.Arbitrary<GeometryParts> = fc
  .record({
    batch: small(0, 3),
    groups: small(1, 3),
    perGroup: fc.tuple(small(0, 3), small(0, 3)),
    axes: fc.array(anyAxis, { minLength: 1, maxLength: 5 }),
    borders: fc.array(anyBoundary, { minLength: 5, maxLength: 5 }),
    flip: fc.boolean(),
    dtype: fc.constantFrom('float32' as const, 'float64' as const),
  })
  .map(({ perGroup: [channels, filters], borders, ...parts }) => ({
    ...parts,
    channels: channels * parts.groups,
    filters: filters * parts.groups,
    boundary: borders.slice(0, parts.axes.length),
  }))

test('formatCase writes the key of any geometry, and parsing it gives the same geometry', () => {
  fc.assert(
    fc.property(anyParts, (parts) => {
      const g = makeGeometry(parts)
      expect(formatCase(g)).toBe(g.key)
      expect(parseCase(g.key)).toEqual(g)
    }),
    { numRuns: 1000 },
  )
})

test('two geometries with the same key are equal', () => {
  fc.assert(
    fc.property(anyParts, anyParts, (partsA, partsB) => {
      const [a, b] = [makeGeometry(partsA), makeGeometry(partsB)]
      if (a.key === b.key) expect(a).toEqual(b)
    }),
  )
})

test('the output extent is the number of window positions inside the padded axis', () => {
  fc.assert(
    fc.property(anyAxis, (axis) => {
      const [axisGeometry] = makeGeometry({ axes: [axis] }).axes
      const samples = axis.input === 0 ? 0 : (axis.input - 1) * axis.inputDilation + 1
      let positions = 0
      for (
        let at = -axis.before;
        at + axis.dilation * (axis.kernel - 1) < samples + axis.after;
        at += axis.stride
      )
        positions++
      expect(axisGeometry!.output).toBe(positions)
    }),
    { numRuns: 1000 },
  )
})

test('a geometry cannot be changed', () => {
  const g = makeGeometry({ axes: [{ input: 5, kernel: 3 }], boundary: { constant: 2 } })
  for (const part of [g, g.axes, g.axes[0], g.boundary, g.boundary[0]])
    expect(Object.isFrozen(part)).toBe(true)
})

test.each<[GeometryParts, string]>([
  [{ axes: [] }, 'axes is empty: at least one'],
  [{ axes: [{ input: -1, kernel: 3 }] }, 'input is -1: a whole number ≥ 0'],
  [{ axes: [{ input: 5, kernel: 0 }] }, 'kernel is 0: a whole number ≥ 1'],
  [{ axes: [{ input: 5, kernel: 3, stride: 1.5 }] }, 'stride is 1.5: a whole number ≥ 1'],
  [
    { axes: [{ input: 5, kernel: 3, before: Number.NaN }] },
    'before is NaN: a whole number is needed',
  ],
  [
    { axes: [{ input: 5, kernel: 3 }], channels: 3, groups: 2 },
    'groups is 2: it must divide both the 3 channels and the 1 filter',
  ],
  [
    { axes: [{ input: 5, kernel: 3 }], boundary: ['edge', 'wrap'] },
    "boundary is ['edge', 'wrap']: one border is needed",
  ],
])('%j is no geometry', (parts, message) => {
  expect(() => makeGeometry(parts)).toThrow(message)
})

describe('case notation', () => {
  test.each([
    ['2x64x56x56 * 128x64x3x3 s1 p1', '2x64x56x56 * 128x64x3x3 p1'],
    ['3840x2160 * 3x3 same', '1x1x3840x2160 * 1x1x3x3 p1'],
    [' 9*4 same-lower flip f64', '1x1x9 * 1x1x4 p2:1 flip f64'],
    ['8 * 2 same s2', '1x1x8 * 1x1x2 s2 p0:1'],
    ['1x1x8 * 1x1x2 same s2', '1x1x8 * 1x1x2 s2'],
    ['9x8 * 3x2 full d2,1 reflect', '1x1x9x8 * 1x1x3x2 d2,1 p4,1 reflect'],
    ['1x2x9 * 4x2x3 causal', '1x2x9 * 4x2x3 p2:0'],
    ['1×4×9×9 * 4×1×3×3 g4 valid f32', '1x4x9x9 * 4x1x3x3 g4'],
    ['5x5x5 * 5x5x5 p-1:2 i2', '5x5x5 * 5x5x5 i2 p-1:2'],
    [
      '9x9 * 3x3 p1:2,0:3 border=edge,constant=-1.5e-7',
      '1x1x9x9 * 1x1x3x3 p1:2,0:3 border=edge,constant=-1.5e-7',
    ],
    ['9x9 * 3x3 p1 constant=NaN', '1x1x9x9 * 1x1x3x3 p1 constant=NaN'],
    ['9x9 * 3x3 p1 border=wrap,wrap', '1x1x9x9 * 1x1x3x3 p1 wrap'],
    ['9x9 * 3x3 s2,2 p1,1 border=constant=0', '1x1x9x9 * 1x1x3x3 s2 p1'],
  ])('%s is %s', (text, canonical) => {
    expect(parseCase(text).key).toBe(canonical)
  })

  test('a case has the same geometry as its call', () => {
    const padded = {
      stride: [1, 2],
      padding: [
        [1, 2],
        [0, 3],
      ],
      groups: 2,
      boundary: 'edge',
    } as const
    expect(parseCase('2x4x9x9 * 6x2x3x3 s1,2 p1:2,0:3 g2 edge')).toEqual(
      geometry('conv2d', [2, 4, 9, 9], [6, 2, 3, 3], padded),
    )
    expect(parseCase('7x9 * 4x2 same s3 wrap flip')).toEqual(
      geometry('convolve', [7, 9], [4, 2], { stride: 3, boundary: 'wrap' }),
    )
    const same = { stride: 3, padding: 'same-lower' } as const
    expect(parseCase('1x2x7x9 * 1x2x4x2 same-lower s3')).toEqual(
      geometry('conv2d', [1, 2, 7, 9], [1, 2, 4, 2], same),
    )
  })

  test.each([
    ['', 1, 'the end', 'extents such as 1x3x32x32'],
    ['3x3', 4, 'the end', "'*' between input and kernel"],
    ['3x3 *', 6, 'the end', 'extents such as'],
    ['3x3 * 3', 7, "'3'", '2 extents, as many as the input has'],
    ['3x3 * 0x3', 7, "'0x3'", 'kernel extents ≥ 1'],
    ['3x3 * 3x3x', 10, "'x'", "'x' and another extent, or a blank and a token"],
    [
      '9x9 * 3x3 q1',
      11,
      "'q1'",
      'a token: s, d, i, p or g with numbers, full, same, same-lower, valid, causal, ' +
        'zero, edge, reflect, symmetric, wrap or constant=NUMBER, flip or f64',
    ],
    ['9x9 * 3x3 sme', 11, "'sme'", 'a token: s, d, i, p or g with numbers'],
    ['9x9 * 3x3 s0', 11, "'s0'", 's and whole numbers ≥ 1, such as s2 or s2,1'],
    ['9x9 * 3x3 s1,2,3', 11, "'s1,2,3'", 'one value for all axes, or 2: one per axis'],
    ['9x9 * 3x3 s1.5', 11, "'s1.5'", 's and whole numbers ≥ 1'],
    ['9x9 * 3x3 p1 p2', 14, "'p2'", 'padding only once'],
    ['9x9 * 3x3 p1 same', 14, "'same'", 'padding only once'],
    ['9x9 * 3x3 p1:', 11, "'p1:'", 'p and whole numbers, such as p1, p1,2 or p1:2,0:3'],
    ['9x9 * 3x3 g1,1', 11, "'g1,1'", 'g and a whole number ≥ 1'],
    ['9x9 * 3x3 border=edge,mirror', 11, "'border=edge,mirror'", 'border= and zero, edge, reflect'],
    [
      '9x9 * 3x3 constant=x',
      11,
      "'constant=x'",
      'zero, edge, reflect, symmetric, wrap or constant=NUMBER',
    ],
    ['9x9 * 3x3 f16', 11, "'f16'", 'f32 or f64'],
    ['1x4x9 * 4x1x3', 9, "'4x1x3'", 'filters × 4 channels (4 in 1 group), or groups g4; a volume'],
    [
      '10x10x10 * 3x3x3',
      12,
      "'3x3x3'",
      'filters × 10 channels (10 in 1 group); a volume is written 1x1x10x10x10 * 1x1x3x3x3',
    ],
    ['1x4x9x9 * 3x2x3x3 g2', 11, "'3x2x3x3'", 'filters that 2 groups can share evenly'],
    [
      '9x99999999999999999999 * 3x3',
      1,
      "'9x99999999999999999999'",
      'extents that a double holds exactly',
    ],
  ])('%j stops at character %i', (text, at, actual, expected) => {
    expect(() => parseCase(text)).toThrow(`character ${at}: found ${actual}, expected ${expected}`)
  })

  test.each([
    ['9x9 * 3x3 smae', "flip or f64. Did you mean 'same'?"],
    ['9x9 * 3x3 reflct', "flip or f64. Did you mean 'reflect'?"],
    ['9x9 * 3x3 mirorr', "flip or f64. Did you mean 'reflect', which is 'scipy:mirror'?"],
    ['9x9 * 3x3 circular', "'torch:circular' means 'wrap', 'matlab:circular' means 'wrap'"],
  ])('%j is misspelt: %s', (text, suggestion) => {
    expect(() => parseCase(text)).toThrow(suggestion)
  })
})
