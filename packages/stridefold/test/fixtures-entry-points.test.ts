/**
 * Do the public calls give the results of SciPy and PyTorch? The calls compute in float64 with
 * accuracy `strict`, so the planner may choose any algorithm as exact as the direct sum.
 */

import * as library from 'stridefold/sync'
import { expect, test } from 'vitest'
import type { ConvGeometry } from '../src/geometry/geometry.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { fixtureName, fixtures, largestDifference, roundingBound } from './fixtures.ts'

// One signature for all calls, because each fixture names its call as text. Options stay
// unchecked: each fixture gives those of its call.
const calls = library as unknown as Readonly<
  Record<string, (x: NdArray, k: NdArray, options: object) => NdArray>
>
const geometry = library.geometry as (
  call: string,
  input: readonly number[],
  kernel: readonly number[],
  options: object,
) => ConvGeometry

test.each(fixtures.map((fixture) => [fixtureName(fixture), fixture] as const))(
  '%s',
  (_, fixture) => {
    const { call, inputShape, kernelShape, options, bias } = fixture
    const x = library.ndarray(Float64Array.from(fixture.input), inputShape)
    const k = library.ndarray(Float64Array.from(fixture.kernel), kernelShape)
    const withBias = bias === undefined ? options : { ...options, bias: Float64Array.from(bias) }
    const y = calls[call]!(x, k, { ...withBias, accuracy: 'strict' })
    expect(y.shape).toEqual(fixture.outputShape)
    expect(y.dtype).toBe('float64')
    const bound = roundingBound(fixture, geometry(call, inputShape, kernelShape, options))
    expect(largestDifference(library.contiguous(y).data, fixture.output)).toBeLessThanOrEqual(bound)
  },
)
