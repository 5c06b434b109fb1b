/**
 * Are the elementary functions that deterministic results use exact to a few units in the last
 * place? They are compared with digits from mpmath and with the Math functions of the engine.
 */

import { expect, test } from 'vitest'
import {
  binaryLogarithm,
  exponential,
  hyperbolicTangent,
  sigmoid,
  turn,
} from '../src/ndarray/elementary.ts'
import { random } from './random-geometry.ts'

const next = random(1)
const between = (low: number, high: number): number =>
  low + ((high - low) * next(2 ** 31)) / 2 ** 31
const many = Array.from({ length: 4000 })

/** The error of a value in units in the last place (2⁻⁵² of the reference). */
const units = (value: number, expected: number): number =>
  value === expected ? 0 : Math.abs(value - expected) / (Math.abs(expected) * 2 ** -52)

/** Values from mpmath with 40 digits, rounded to float64. */
const digits: readonly (readonly [
  'exp' | 'tanh' | 'log2' | 'sigmoid' | 'sin' | 'cos',
  number,
  number,
  number,
])[] = [
  ['exp', 0.1, 0, 1.1051709180756477],
  ['exp', -0.3466, 0, 0.7070881069410189],
  ['exp', 1.5, 0, 4.4816890703380645],
  ['exp', -20.25, 0, 1.6052280551856116e-9],
  ['exp', 88.7, 0, 3.325986980250579e38],
  ['exp', -700.5, 0, 5.980196118639791e-305],
  ['exp', 1e-9, 0, 1.000000001],
  ['tanh', 1e-9, 0, 1e-9],
  ['tanh', 0.01, 0, 0.00999966667999946],
  ['tanh', -0.5, 0, -0.46211715726000974],
  ['tanh', 1.25, 0, 0.8482836399575129],
  ['tanh', -19.0, 0, -0.9999999999999999],
  ['log2', 0.7, 0, -0.5145731728297583],
  ['log2', 3.0, 0, 1.584962500721156],
  ['log2', 1e-5, 0, -16.609640474436812],
  ['log2', 123456.789, 0, 16.913646648198387],
  ['sigmoid', -3.25, 0, 0.03732688734412946],
  ['sigmoid', 0.125, 0, 0.5312093733737563],
  ['sigmoid', 17.0, 0, 0.9999999586006245],
  ['sigmoid', -40.0, 0, 4.248354255291589e-18],
  ['sin', 1, 8, Math.SQRT1_2],
  ['cos', 1, 8, Math.SQRT1_2],
  ['sin', 1, 3, 0.8660254037844386],
  ['cos', 1, 3, -0.5],
  ['sin', 5, 7, -0.9749279121818236],
  ['cos', 5, 7, -0.2225209339563144],
  ['sin', 12345, 65536, 0.9259570176466099],
  ['cos', 12345, 65536, 0.3776289203318463],
  ['sin', -17, 100, -0.8763066800438636],
  ['cos', -17, 100, 0.48175367410171527],
  ['sin', 3, 1000003, 1.8849499371924426e-5],
  ['cos', 3, 1000003, 0.9999999998223482],
]

test.each(digits)('%s of %d and %d', (name, a, b, expected) => {
  const value = {
    exp: exponential,
    tanh: hyperbolicTangent,
    log2: binaryLogarithm,
    sigmoid,
    sin: () => turn(a, b).sine,
    cos: () => turn(a, b).cosine,
  }
  expect(units(value[name](a), expected)).toBeLessThan(3)
})

test('differs from the Math functions of the engine by at most a few units', () => {
  for (const _ of many) {
    const x = between(-700, 700)
    expect(units(exponential(x), Math.exp(x))).toBeLessThan(3)
    const y = between(-30, 30) * 2 ** -next(40)
    expect(units(hyperbolicTangent(y), Math.tanh(y))).toBeLessThan(6)
    const z = between(0, 1) * 2 ** (next(600) - 300) + 2 ** -400
    expect(Math.abs(binaryLogarithm(z) - Math.log2(z))).toBeLessThan(
      2 ** -52 * (1 + Math.abs(Math.log2(z))) * 2,
    )
    const [j, n] = [next(10 ** 6) - 500000, 1 + next(10 ** 6)]
    const { sine, cosine } = turn(j, n)
    const angle = (2 * Math.PI * (j % n)) / n
    expect(Math.abs(sine - Math.sin(angle))).toBeLessThan(2 ** -49)
    expect(Math.abs(cosine - Math.cos(angle))).toBeLessThan(2 ** -49)
    expect(Math.abs(sine * sine + cosine * cosine - 1)).toBeLessThan(2 ** -51)
  }
})

test('limits of the range, exact values and NaN', () => {
  expect([
    exponential(0),
    exponential(-Infinity),
    exponential(Infinity),
    exponential(800),
    exponential(-800),
  ]).toEqual([1, 0, Infinity, Infinity, 0])
  expect(exponential(-745)).toBe(Number.MIN_VALUE)
  expect([exponential(NaN), hyperbolicTangent(NaN), sigmoid(NaN)]).toEqual([NaN, NaN, NaN])
  expect([
    hyperbolicTangent(-0),
    hyperbolicTangent(Infinity),
    hyperbolicTangent(-Infinity),
    hyperbolicTangent(25),
  ]).toEqual([-0, 1, -1, 1])
  expect([sigmoid(-Infinity), sigmoid(0), sigmoid(Infinity)]).toEqual([0, 0.5, 1])
  expect(
    [turn(0, 7), turn(1, 4), turn(2, 4), turn(3, 4), turn(-1, 4), turn(9, 4)].map(
      ({ sine, cosine }) => [sine + 0, cosine + 0],
    ),
  ).toEqual([
    [0, 1],
    [1, 0],
    [0, -1],
    [-1, 0],
    [-1, 0],
    [1, 0],
  ])
  expect([2 ** -30, 0.5, 1, 2, 2 ** 50].map(binaryLogarithm)).toEqual([-30, -1, 0, 1, 50])
})
