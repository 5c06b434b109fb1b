/**
 * Do layouts only name axes? Every layout must give the numbers of the default layout, in the order
 * that it names. A weight that no option describes must not be guessed.
 */

import * as promises from 'stridefold'
import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { validateCallOptions } from '../src/geometry/check-options.ts'
import type { CheckedLayerOptions } from '../src/geometry/checked-options.ts'
import { type LayerCall, layerCalls, layerRank } from '../src/geometry/layer-calls.ts'
import { layerGeometry } from '../src/geometry/layer-geometry.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { kernelInOrder, layerOrders } from '../src/problem/axis-orders.ts'
import { random } from './random-geometry.ts'

type Options = Record<string, unknown>
type Layer = (x: NdArray, w: NdArray, options: Options) => NdArray
// One signature for all layers, because each case gives the name of its call.
const layers = library as unknown as Readonly<Record<LayerCall, Layer>>
const laterLayers = promises as unknown as Readonly<
  Record<LayerCall, (...args: Parameters<Layer>) => Promise<NdArray>>
>

const { contiguous, reshape, transpose, zeros } = library
const isTransposed = (call: string): boolean => call.startsWith('convTranspose')
const spatialOf = (call: LayerCall): string => 'DHW'.slice(3 - layerRank(call))
const values = (x: NdArray): number[] => Array.from(contiguous(x).data, (v) => v + 0)
const ones = (n: number): number[] => new Array<number>(n).fill(1)

/** The code and the message of what `run` throws. */
function errorOf(run: () => unknown): { readonly code: string; readonly message: string } {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(library.OptionError)
    return error as library.OptionError
  }
  throw new Error('the call threw nothing')
}

describe.each(layerCalls)('%s with the channels last', (call) => {
  const rank = layerRank(call)
  const spatial = spatialOf(call)
  // One channel and one filter fit every weight layout.
  const x = zeros([1, ...ones(rank), 1])
  const w = zeros(ones(rank + 2))
  const expected = isTransposed(call)
    ? [`'${spatial}OI' for a weight of TensorFlow or Keras`, `'IO${spatial}' for one of PyTorch`]
    : [
        `'${spatial}IO' for a weight of TensorFlow, Keras or Flax ('${spatial}IM' if it is depth`,
        `'OI${spatial}' for one of PyTorch`,
      ]

  /** Every function that takes the options of this layer and the order of its weight. */
  const readers: Readonly<Record<string, (options: Options) => unknown>> = {
    [call]: (options) => layers[call](x, w, options),
    plan: (options) => library.plan(call, x.shape, w.shape, options),
    geometry: (options) => library.geometry(call, x.shape, w.shape, options),
    outputShape: (options) => library.outputShape(call, x.shape, w.shape, options),
    toeplitz: (options) => library.toeplitz(w, x.shape, { ...options, call }),
    im2col: (options) => library.im2col(x, w.shape, { ...options, call }),
    col2im: (options) => library.col2im([[0]], x.shape, w.shape, { ...options, call }),
    ...(isTransposed(call)
      ? {
          inputGradient: (options) => library.convTransposeInputGradient(x, w, options),
          weightGradient: (options) => library.convTransposeWeightGradient(x, x, w.shape, options),
        }
      : {
          inputGradient: (options) => library.convInputGradient(x, w, x.shape, options),
          weightGradient: (options) => library.convWeightGradient(x, x, w.shape, options),
        }),
  }

  test.each(Object.entries(readers))('%s requires weightLayout', (_, read) => {
    for (const layout of ['channels-last', `N${spatial}C`]) {
      const { code, message } = errorOf(() => read({ layout }))
      expect(code).toBe('WEIGHT_LAYOUT_MISSING')
      expect(message).toContain(`layout '${layout}' requires weightLayout`)
      for (const part of expected) expect(message).toContain(`weightLayout: ${part}`)
      read({ layout, weightLayout: `${spatial}IO` })
      read({ layout, weightLayout: `OI${spatial}` })
    }
    for (const layout of [undefined, 'channels-first', `NC${spatial}`]) read({ layout })
  })

  test('the asynchronous call rejects with the same error', async () => {
    await expect(laterLayers[call](x, w, { layout: 'channels-last' })).rejects.toMatchObject({
      code: 'WEIGHT_LAYOUT_MISSING',
    })
  })

  test('a call that reads no weight does not require weightLayout', () => {
    const shape = [2, ...ones(rank).map((_, a) => a + 2), 3]
    const g = library.ndarray(
      Float32Array.from({ length: elementCount(shape) }, (_, i) => i),
      shape,
    )
    const first = transpose(g, [0, rank + 1, ...ones(rank).map((_, a) => a + 1)])
    const window = ones(rank).map(() => 2)
    for (const layout of ['channels-last', `N${spatial}C`] as const) {
      const options = { layout } as { layout: 'channels-last' }
      expect(values(library.convBiasGradient(g, options))).toEqual(
        values(library.convBiasGradient(first)),
      )
      expect(values(library.im2col(g, window, { call, ...options }))).toEqual(
        values(library.im2col(first, window, { call })),
      )
    }
  })

  test('the name of a layout must have as many spatial axes as the layer', () => {
    const others = ['W', 'HW', 'DHW'].filter((axes) => axes !== spatial)
    for (const axes of others) {
      for (const [layout, name, word] of [
        [`N${axes}C`, `N${spatial}C`, 'last'],
        [`NC${axes}`, `NC${spatial}`, 'first'],
      ] as const) {
        const { code, message } = errorOf(() => layers[call](x, w, { layout }))
        expect(code).toBe('LAYOUT_MISMATCH')
        expect(message).toBe(
          `${call}: layout '${layout}' has ${axes.length} spatial ` +
            `${axes.length === 1 ? 'axis' : 'axes'}, but the layer has ${rank}. Use '${name}' or ` +
            `'channels-${word}'.`,
        )
        const bias = errorOf(() => library.convBiasGradient(x, { layout: layout as 'NHWC' }))
        expect(bias.code).toBe('LAYOUT_MISMATCH')
      }
    }
  })
})

interface Drawn {
  readonly call: LayerCall
  readonly options: Options
  /** N×C×spatial, and the weight in the default order of the call. */
  readonly x: NdArray
  readonly w: NdArray
  readonly groups: number
}

/**
 * A random layer of whole numbers in the default layouts. Six seeds in a row give each call once,
 * and 54 give each depthwise layer of 1 to 3 channels and 1 to 3 filters per channel.
 */
function randomLayer(seed: number, depthwise: boolean): Drawn {
  const next = random(seed)
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!
  const call = layerCalls[seed % 6]!
  const rank = layerRank(call)
  const perAxis = <T>(draw: () => T): T[] => Array.from({ length: rank }, draw)
  const groups = depthwise ? 1 + (Math.floor(seed / 6) % 3) : pick([1, 1, 2, 3])
  const [inputs, outputs] = depthwise
    ? [1, 1 + (Math.floor(seed / 18) % 3)]
    : [1 + next(3), 1 + next(3)]
  const kernel = perAxis(() => 1 + next(3))
  const array = (shape: readonly number[]): NdArray =>
    library.ndarray(
      Float64Array.from({ length: elementCount(shape) }, () => next(11) - 5),
      shape,
    )
  const weights = isTransposed(call) ? [groups * inputs, outputs] : [groups * outputs, inputs]
  return {
    call,
    groups,
    x: array([1 + next(2), groups * inputs, ...perAxis(() => 3 + next(rank === 3 ? 2 : 5))]),
    w: array([...weights, ...kernel]),
    options: {
      stride: perAxis(() => 1 + next(2)),
      dilation: perAxis(() => 1 + next(2)),
      padding: perAxis(() => (isTransposed(call) ? 0 : 2) + next(2)),
      boundary: perAxis(() => pick(['zero', 'edge', 'wrap', { constant: 2 }])),
      bias: array([groups * outputs]),
      accuracy: 'strict',
      backend: pick(['js', 'auto']),
    },
  }
}

/** Every gradient and the result of a layer; `g` must have the shape of the result. */
function everything(
  call: LayerCall,
  x: NdArray,
  w: NdArray,
  g: NdArray,
  { bias, ...options }: Options,
): { y: NdArray; dx: NdArray; dw: NdArray } {
  const y = layers[call](x, w, { ...options, bias })
  return isTransposed(call)
    ? {
        y,
        dx: library.convTransposeInputGradient(g, w, options),
        dw: library.convTransposeWeightGradient(x, g, w.shape, options),
      }
    : {
        y,
        dx: library.convInputGradient(g, w, x.shape, options),
        dw: library.convWeightGradient(x, g, w.shape, options),
      }
}

/** Whole numbers in the shape of the result of a layer. */
function gradientFor({ call, x, w, groups, options }: Drawn, seed: number): NdArray {
  const next = random(seed)
  const shape = library.outputShape(call, x.shape, w.shape, { ...options, groups } as never)
  return library.ndarray(
    Float64Array.from({ length: elementCount(shape) }, () => next(11) - 5),
    shape,
  )
}

const lastOrder = (rank: number): number[] => [0, ...ones(rank).map((_, a) => a + 2), 1]
const firstOrder = (rank: number): number[] => [0, rank + 1, ...ones(rank).map((_, a) => a + 1)]

test('a layer with the channels last is the layer with the channels first, transposed', () => {
  for (let seed = 0; seed < 36; seed++) {
    const drawn = randomLayer(seed, false)
    const { call, x, w, options, groups } = drawn
    const rank = layerRank(call)
    const spatial = spatialOf(call)
    const g = gradientFor(drawn, seed)
    const expected = everything(call, x, w, g, { ...options, groups })
    const [last, first] = [lastOrder(rank), firstOrder(rank)]
    const arrange = seed % 2 ? contiguous : (view: NdArray): NdArray => view
    const layout = seed % 3 ? `N${spatial}C` : 'channels-last'
    const weightLayout = isTransposed(call) ? `${spatial}OI` : `${spatial}IO`
    const weightOrder = [...ones(rank).map((_, a) => a + 2), 1, 0]
    const { y, dx, dw } = everything(
      call,
      arrange(transpose(x, last)),
      arrange(transpose(w, weightOrder)),
      arrange(transpose(g, last)),
      { ...options, groups, layout, weightLayout },
    )
    const name = `seed ${seed}: ${call}`
    expect(values(transpose(y, first)), name).toEqual(values(expected.y))
    expect(values(transpose(dx, first)), name).toEqual(values(expected.dx))
    expect(values(dw), name).toEqual(values(transpose(expected.dw, weightOrder)))
    const named = layers[call](x, w, { ...options, groups, layout: `NC${spatial}` })
    expect(values(named), name).toEqual(values(expected.y))
  }
})

describe('a weight with a channel multiplier', () => {
  /** The weight of a depthwise layer, from the default order to spatial × I × M. */
  function multiplierWeight({ call, w, groups }: Drawn): NdArray {
    const rank = layerRank(call)
    const kernel = w.shape.slice(2)
    const perChannel = reshape(w, [groups, elementCount(w.shape.slice(0, 2)) / groups, ...kernel])
    return transpose(perChannel, [...ones(rank).map((_, a) => a + 2), 0, 1])
  }

  test('gives the numbers of the same weight in the default order, with groups', () => {
    for (let seed = 0; seed < 54; seed++) {
      const drawn = randomLayer(seed, true)
      const { call, x, w, options, groups } = drawn
      const spatial = spatialOf(call)
      const g = gradientFor(drawn, seed)
      const expected = everything(call, x, w, g, { ...options, groups })
      const view = multiplierWeight(drawn)
      const weight = seed % 2 ? contiguous(view) : view
      const { y, dx, dw } = everything(call, x, weight, g, {
        ...options,
        ...(seed % 3 === 0 && { groups }),
        weightLayout: `${spatial}IM`,
      })
      const name = `seed ${seed}: ${call}`
      expect(values(y), name).toEqual(values(expected.y))
      expect(values(dx), name).toEqual(values(expected.dx))
      expect(dw.shape, name).toEqual(view.shape)
      expect(values(dw), name).toEqual(values(multiplierWeight({ ...drawn, w: expected.dw })))
    }
  })

  test('plans, matrices and shapes read it as the layer does', () => {
    for (let seed = 0; seed < 54; seed += 5) {
      const drawn = randomLayer(seed, true)
      const { call, x, w, groups } = drawn
      const { bias: _bias, accuracy: _accuracy, backend: _backend, ...window } = drawn.options
      const options = { ...window, boundary: 'zero' }
      const layout = { ...options, weightLayout: `${spatialOf(call)}IM` } as Options
      const usual = { ...options, groups } as Options
      const weight = contiguous(multiplierWeight(drawn))
      expect(library.geometry(call, x.shape, weight.shape, layout)).toEqual(
        library.geometry(call, x.shape, w.shape, usual),
      )
      expect(library.outputShape(call, x.shape, weight.shape, layout)).toEqual(
        library.outputShape(call, x.shape, w.shape, usual),
      )
      const y = values(layers[call](x, w, { ...usual, backend: 'js' }))
      const onJs = { ...layout, dtype: 'float64', backend: 'js' } as const
      const plan = library.plan(call, x.shape, weight.shape, onJs)
      expect(values(plan.runSync(x, weight))).toEqual(y)
      plan.dispose()
      const { indptr, indices, data } = library.toeplitz(w, x.shape, { ...usual, call })
      expect(library.toeplitz(weight, x.shape, { ...layout, call })).toMatchObject({
        indptr,
        indices,
        data,
      })
      const kernel = w.shape.slice(2)
      for (const shape of [weight.shape, kernel])
        expect(values(library.im2col(x, shape, { ...layout, call }))).toEqual(
          values(library.im2col(x, w.shape, { ...usual, call })),
        )
    }
  })

  test('its axes in the memory of TensorFlow are the kernel of the problem without a copy', () => {
    const spec = layerGeometry(
      'conv2d',
      [1, 8, 8, 3],
      [3, 3, 3, 2],
      validateCallOptions('conv2d', {
        layout: 'NHWC',
        weightLayout: 'HWIM',
      }) as CheckedLayerOptions,
      'float32',
    )
    expect(spec.roles.weight).toEqual({
      filter: 3,
      channel: 2,
      axes: [0, 1],
      allGroups: 'channel',
    })
    const w = zeros([3, 3, 3, 2])
    const kernel = kernelInOrder(w, layerOrders(spec.roles, spec.geometry.groups))
    expect(kernel.data).toBe(w.data)
    expect([kernel.shape, kernel.strides]).toEqual([
      [6, 1, 3, 3],
      [1, 2, 18, 6],
    ])
  })

  const [x, w] = [zeros([1, 8, 8, 5]), zeros([3, 3, 5, 2])]
  const tensorflow = { layout: 'NHWC', weightLayout: 'HWIM' } as const

  test('the result of the weight gradient goes into out where its strides allow', () => {
    const g = zeros([1, 6, 6, 10])
    const out = zeros([3, 3, 5, 2])
    expect(library.convWeightGradient(x, g, w.shape, { ...tensorflow, out })).toBe(out)
    const turned = transpose(zeros([2, 5, 3, 3]))
    const { code, message } = errorOf(() =>
      library.convWeightGradient(x, g, w.shape, { ...tensorflow, out: turned }),
    )
    expect(code).toBe('NEEDS_COPY')
    expect(message).toContain('Give a contiguous array')
  })

  test('groups may be left out or the number of input channels; nothing else', () => {
    expect(library.conv2d(x, w, { ...tensorflow, groups: 5 }).shape).toEqual([1, 6, 6, 10])
    for (const groups of [1, 2, 10]) {
      for (const run of [
        () => library.conv2d(x, w, { ...tensorflow, groups }),
        () => library.plan('conv2d', x.shape, w.shape, { ...tensorflow, groups }),
        () => library.convTranspose2d(x, w, { ...tensorflow, groups }),
        () => library.convInputGradient(x, w, x.shape, { ...tensorflow, groups }),
        () => library.convTransposeWeightGradient(x, x, w.shape, { ...tensorflow, groups }),
        () => library.im2col(x, [3, 3], { ...tensorflow, groups }),
      ]) {
        const { code, message } = errorOf(run)
        expect(code).toBe('GROUPS_MISMATCH')
        expect(message).toContain(`groups is ${groups}, but weight [3,3,5,`)
        expect(message).toContain("with weightLayout 'HWIM' has one group for each of its 5 input")
        expect(message).toContain('Leave groups out, or use 5.')
      }
    }
    const empty = errorOf(() =>
      library.conv2d(zeros([1, 8, 8, 0]), zeros([3, 3, 0, 2]), tensorflow),
    )
    expect(empty.code).toBe('GROUPS_MISMATCH')
    expect(empty.message).toContain('has 0 input channels')
  })

  test('another number of channels, and a layout of another rank, throw', () => {
    const channels = errorOf(() => library.conv2d(zeros([1, 8, 8, 4]), w, tensorflow))
    expect(channels.code).toBe('CHANNELS_MISMATCH')
    expect(channels.message).toContain('input has 4 channels, but weight [3,3,5,2] takes 5 input')
    const rank = errorOf(() => library.conv2d(x, w, { layout: 'NHWC', weightLayout: 'WIM' }))
    expect(rank.code).toBe('LAYOUT_MISMATCH')
    expect(rank.message).toContain("Use the letters I, M and HW, such as 'HWIM'.")
    const bias = errorOf(() => library.conv2d(x, w, { ...tensorflow, bias: [1, 2, 3, 4, 5] }))
    expect(bias.code).toBe('BIAS_MISMATCH')
  })
})
