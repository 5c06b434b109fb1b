/**
 * Is `accuracy: 'strict'` as exact as the direct sum for every polyphase component of a transposed
 * layer?
 *
 * Samples are small integers, weights are multiples of one half. Direct sums are then exact, so
 * results must be equal to the definition.
 */

import {
  conv1d,
  convInputGradient,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type NdArray,
  ndarray,
  plan,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { polyphaseComponents } from '../src/algorithms/polyphase.ts'
import { strided } from '../src/algorithms/strided.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { elementCount, rowMajorStrides } from '../src/ndarray/layout.ts'
import { random } from './random-geometry.ts'
import { filled, flat, type Next, unlessRefused } from './small-arrays.ts'

const element = (x: NdArray, index: readonly number[]): number =>
  x.data[index.reduce((at, i, axis) => at + i * x.strides[axis]!, x.offset)]!

interface Layer {
  readonly x: NdArray
  readonly w: NdArray
  readonly stride: readonly number[]
  readonly padding: readonly number[]
  readonly outputPadding: readonly number[]
  readonly dilation: readonly number[]
  readonly groups: number
}

/**
 * Computes a transposed layer by its definition, in float64: every sample adds the kernel, times
 * the sample, to the result.
 */
function computeByDefinition({ x, w, stride, padding, outputPadding, dilation, groups }: Layer): {
  shape: number[]
  sums: number[]
} {
  const [batch, channels, ...input] = x.shape as [number, number, ...number[]]
  const [, perGroup, ...kernel] = w.shape as [number, number, ...number[]]
  const extents = input.map(
    (n, a) =>
      (n - 1) * stride[a]! -
      2 * padding[a]! +
      dilation[a]! * (kernel[a]! - 1) +
      outputPadding[a]! +
      1,
  )
  const shape = [batch, perGroup * groups, ...extents]
  const sums = new Array<number>(elementCount(shape)).fill(0)
  const steps = rowMajorStrides(shape)
  const listIndices = (list: readonly number[]): number[][] =>
    list.reduce<number[][]>(
      (prefixes, n) =>
        prefixes.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
      [[]],
    )
  for (const [n, c, ...i] of listIndices(x.shape) as [number, number, ...number[]][]) {
    const sample = element(x, [n, c, ...i])
    const group = Math.floor(c / (channels / groups))
    for (const [f, ...t] of listIndices(w.shape.slice(1)) as [number, ...number[]][]) {
      const at = i.map((q, a) => q * stride[a]! + t[a]! * dilation[a]! - padding[a]!)
      if (at.some((p, a) => p < 0 || p >= extents[a]!)) continue
      sums[[n, group * perGroup + f, ...at].reduce((sum, p, a) => sum + p * steps[a]!, 0)]! +=
        sample * element(w, [c, f, ...t])
    }
  }
  return { shape, sums }
}

const layers = [convTranspose1d, convTranspose2d, convTranspose3d] as const
const computeLayer = ({ x, w, ...options }: Layer, more: object): NdArray =>
  (layers[options.stride.length - 1] as typeof convTranspose2d)(x, w, {
    ...options,
    ...more,
  } as object)

function randomLayer(next: Next, rank: number): Layer {
  const groups = 1 + next(2)
  const [channels, perGroup] = [groups * (8 + next(5)), 4 + next(9)]
  const along = (value: () => number): number[] => Array.from({ length: rank }, value)
  const stride = along(() => [1, 2, 3, 4, 5, 8, 11][next([7, 4, 2][rank - 1]!)]!)
  const kernel = stride.map((s) =>
    next(3) === 0 ? 1 + next(rank === 3 ? 2 : 5) : s * (1 + next(rank === 1 ? 4 : 2)) + next(2),
  )
  const x = filled(
    [1 + next(2), channels, ...along(() => 1 + next([20, 5, 3][rank - 1]!))],
    () => next(9) - 4,
  )
  const w = filled([channels, perGroup, ...kernel], () => (next(9) - 4) / 2)
  return {
    ...{ x, w, stride, groups },
    padding: kernel.map((k) => next(Math.ceil(k / 2))),
    outputPadding: stride.map((s) => next(s)),
    dilation: along(() => 1),
  }
}

describe("'strict' and integer results are exact where the direct sum is", () => {
  const example: Layer = {
    x: filled([1, 12, 12], () => 1),
    w: filled([12, 12, 26], (i) => (((i * 7) % 5) - 2) / 2),
    ...{ stride: [8], padding: [0], outputPadding: [0], dilation: [1], groups: 1 },
  }
  const single: Layer = { ...example, x: filled([1, 12, 1], () => 1) }

  test.each([
    ['12 channels, stride 8', example],
    ['one sample', single],
  ])('%s', (_, layer) => {
    const { shape, sums } = computeByDefinition(layer)
    for (const more of [{ accuracy: 'strict' }, { accuracy: 'strict', dtype: 'float64' }]) {
      const y = computeLayer(layer, more)
      expect(y.shape).toEqual(shape)
      expect(flat(y)).toEqual(sums)
    }
    const halfToEven = (v: number): number =>
      (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v)) + 0
    const bytes = { ...layer, x: ndarray(Uint8Array.from(layer.x.data), layer.x.shape) }
    expect(flat(computeLayer(layer, { dtype: 'int16', accuracy: 'strict' }))).toEqual(
      sums.map(halfToEven),
    )
    expect(flat(computeLayer(bytes, { dtype: 'int16' }))).toEqual(sums.map(halfToEven))
  })

  test('random transposed layers of one to three axes: exact, or the algorithm throws', () => {
    const next = random(21)
    for (let run = 0; run < 75; run++) {
      const layer = randomLayer(next, 1 + (run % 3))
      const { shape, sums } = computeByDefinition(layer)
      for (const algorithm of ['auto', 'winograd', 'fft', 'strided']) {
        const y = unlessRefused(() => computeLayer(layer, { accuracy: 'strict', algorithm }))
        if (y === undefined) continue
        expect(y.shape).toEqual(shape)
        expect(
          flat(y),
          `${algorithm} ${JSON.stringify({ ...layer, x: layer.x.shape, w: layer.w.shape })}`,
        ).toEqual(sums)
      }
    }
  })

  test('input gradients of strided layers, computed as transposed layers', () => {
    const next = random(22)
    for (let run = 0; run < 40; run++) {
      const layer = { ...randomLayer(next, 1), groups: 1, dilation: [1 + next(2)], padding: [0] }
      const [outputs, channels, kernel] = [layer.x.shape[1]!, layer.w.shape[1]!, layer.w.shape[2]!]
      const w = filled([outputs, channels, kernel], () => (next(9) - 4) / 2)
      const extent =
        (layer.x.shape[2]! - 1) * layer.stride[0]! +
        layer.dilation[0]! * (kernel - 1) +
        1 +
        next(layer.stride[0]!)
      const options = { stride: layer.stride, dilation: layer.dilation } as object
      const inputShape = [layer.x.shape[0]!, channels, extent]
      const gradOutput = filled(
        conv1d(
          filled(inputShape, () => 0),
          w,
          options,
        ).shape,
        () => next(9) - 4,
      )
      const extra =
        extent -
        ((gradOutput.shape[2]! - 1) * layer.stride[0]! + layer.dilation[0]! * (kernel - 1) + 1)
      const { sums } = computeByDefinition({ ...layer, x: gradOutput, w, outputPadding: [extra] })
      expect(
        flat(convInputGradient(gradOutput, w, inputShape, { ...options, accuracy: 'strict' })),
      ).toEqual(sums)
    }
  })

  test('strict algorithms have at most the bound of the direct sum, for every component', () => {
    const next = random(23)
    for (let run = 0; run < 60; run++) {
      const { x, w, ...options } = randomLayer(next, 1 + (run % 2))
      const call = run % 2 === 0 ? 'convTranspose1d' : 'convTranspose2d'
      const p = plan(call, x.shape, w.shape, { ...options, accuracy: 'strict' } as object)
      const descriptors = {
        input: { dtype: 'float32', outer: 1, channel: 1, axes: [] },
      } as unknown as OperandDescriptors
      for (const { algorithm, refused } of p.candidates) {
        if (refused !== undefined) continue
        const candidate = allAlgorithms.find(({ name }) => name === algorithm)!
        for (const component of polyphaseComponents(p.geometry))
          expect(
            candidate.errorBoundFactor(p.geometry, descriptors, [component]),
          ).toBeLessThanOrEqual(strided.errorBoundFactor(p.geometry, descriptors, [component]))
      }
    }
  })
})
