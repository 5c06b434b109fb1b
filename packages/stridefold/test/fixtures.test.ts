/**
 * Does the float64 definition give the results of SciPy and PyTorch, for the geometry of every
 * call?
 */

import { describe, expect, test } from 'vitest'
import { validateCallOptions } from '../src/geometry/check-options.ts'
import type {
  CheckedConvolveOptions,
  CheckedLayerOptions,
} from '../src/geometry/checked-options.ts'
import type { ConvolveCall } from '../src/geometry/convolve-geometry.ts'
import { convolveGeometry } from '../src/geometry/convolve-geometry.ts'
import type { ConvGeometry } from '../src/geometry/geometry.ts'
import type { LayerCall } from '../src/geometry/layer-calls.ts'
import { layerGeometry } from '../src/geometry/layer-geometry.ts'
import type { WeightRoles } from '../src/geometry/layouts.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { view } from '../src/ndarray/ndarray.ts'
import { contiguous, reshape, transpose } from '../src/ndarray/views.ts'
import { referenceConv } from '../src/reference/definition.ts'
import type { Fixture } from './fixtures.ts'
import { fixtureName, fixtures, largestDifference, roundingBound } from './fixtures.ts'

interface Answer {
  readonly g: ConvGeometry
  readonly shape: readonly number[]
  /** Row-major over [batch, filters, ...outputs]. */
  readonly y: Float64Array
  /**
   * The position of each of these axes in the array that the caller receives. −1 if the array does
   * not have the axis.
   */
  readonly order: readonly number[]
}

const float64 = (values: readonly number[], shape: readonly number[]): NdArray =>
  view(Float64Array.from(values), shape)

function signalAnswer(fixture: Fixture): Answer {
  const { call, inputShape, kernelShape, options } = fixture
  const {
    geometry: g,
    roles,
    outputShape,
  } = convolveGeometry(
    call as ConvolveCall,
    inputShape,
    kernelShape,
    validateCallOptions(call, options) as CheckedConvolveOptions,
    'float64',
  )
  const order = roles.batch === undefined ? roles.axes : [roles.batch, ...roles.axes]
  const x = transpose(float64(fixture.input, inputShape), order)
  const k = float64(fixture.kernel, [1, 1, ...kernelShape])
  const extents = g.axes.map((axis) => axis.input)
  const y = referenceConv(
    g,
    reshape(x, [g.batch, 1, ...extents]),
    k,
    options.bias as number | undefined,
  )
  return { g, shape: outputShape, y, order: [roles.batch ?? -1, -1, ...roles.axes] }
}

function layerAnswer(fixture: Fixture): Answer {
  const { call, inputShape, kernelShape, options } = fixture
  const {
    geometry: g,
    roles,
    outputShape,
  } = layerGeometry(
    call as LayerCall,
    inputShape,
    kernelShape,
    validateCallOptions(call, options) as CheckedLayerOptions,
    'float64',
  )
  const order = [roles.batch, roles.channel, ...roles.axes]
  const x = transpose(float64(fixture.input, inputShape), order)
  const k = filtersOf(g, float64(fixture.kernel, kernelShape), roles.weight)
  const bias = fixture.bias === undefined ? 0 : float64(fixture.bias, [g.filters])
  return { g, shape: outputShape, y: referenceConv(g, x, k, bias), order }
}

/**
 * The weight in the order [filters, channels of a group, ...taps]. In the fixture either of the two
 * channel axes may run over all groups.
 */
function filtersOf(g: ConvGeometry, weight: NdArray, roles: WeightRoles): NdArray {
  const w = transpose(weight, [roles.filter, roles.channel, ...roles.axes])
  if (roles.allGroups === 'filter') return w
  const [filters, channels] = [g.filters / g.groups, g.channels / g.groups]
  const taps = w.shape.slice(2)
  const [filterStep = 0, channelStep = 0, ...tapSteps] = w.strides
  const strides = [channels * channelStep, filterStep, channelStep, ...tapSteps]
  const perGroup = view(w.data, [g.groups, filters, channels, ...taps], {
    strides,
    offset: w.offset,
  })
  return reshape(contiguous(perGroup), [g.filters, channels, ...taps])
}

/** The numbers of the answer in the order of the array that the caller receives. */
function arrangeForCaller({ g, shape, y, order }: Answer): ArrayLike<number> {
  const absent = order.flatMap((axis, part) => (axis < 0 ? [part] : []))
  const parts = view(y, [g.batch, g.filters, ...g.axes.map((axis) => axis.output)])
  return contiguous(transpose(parts, [...absent, ...shape.map((_, axis) => order.indexOf(axis))]))
    .data
}

describe('the definition agrees with', () => {
  test('every call has fixtures', () => {
    const calls = new Set(fixtures.map(({ call }) => call))
    const layers = [1, 2, 3].flatMap((rank) => [`conv${rank}d`, `convTranspose${rank}d`])
    expect([...calls].sort()).toEqual(['convolve', 'correlate', ...layers].sort())
  })

  test.each(fixtures.map((fixture) => [fixtureName(fixture), fixture] as const))(
    '%s',
    (_, fixture) => {
      const answer =
        fixture.call.startsWith('conv') && fixture.call !== 'convolve'
          ? layerAnswer(fixture)
          : signalAnswer(fixture)
      expect(answer.shape).toEqual(fixture.outputShape)
      expect(largestDifference(arrangeForCaller(answer), fixture.output)).toBeLessThanOrEqual(
        roundingBound(fixture, answer.g),
      )
    },
  )
})
