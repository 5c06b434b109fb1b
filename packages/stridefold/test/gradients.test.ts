/**
 * Are the gradients derivatives? Three references: torch.autograd; differences of the layer itself,
 * with every border, layout and padding; and ⟨conv(x), y⟩ = ⟨x, adjoint(y)⟩. A layer is linear in
 * each operand, so a difference is exact up to rounding.
 */

import * as promises from 'stridefold'
import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { elementCount } from '../src/ndarray/layout.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import fixtures from './fixtures/gradients.json' with { type: 'json' }
import { random } from './random-geometry.ts'

type Layer = (x: NdArray, w: NdArray, options: object) => NdArray
// One signature for all layers, because each case gives the name of its call.
const layers = library as unknown as Readonly<Record<string, Layer>>

interface Gradients {
  readonly x: NdArray
  readonly w: NdArray
  readonly g: NdArray
  readonly options: object
}

const isTransposed = (call: string): boolean => call.startsWith('convTranspose')

function inputGradient(call: string, { x, w, g, options }: Gradients): NdArray {
  return isTransposed(call)
    ? library.convTransposeInputGradient(g, w, options)
    : library.convInputGradient(g, w, x.shape, options)
}

function weightGradient(call: string, { x, w, g, options }: Gradients): NdArray {
  return (isTransposed(call) ? library.convTransposeWeightGradient : library.convWeightGradient)(
    x,
    g,
    w.shape,
    options,
  )
}

const flat = (x: NdArray): number[] => Array.from(library.contiguous(x).data)
const float64 = (values: readonly number[], shape: readonly number[]): NdArray =>
  library.ndarray(Float64Array.from(values), shape)
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0)

describe.each([{ algorithm: 'auto' }, { backend: 'js' }])('torch.autograd, %o', (run) => {
  test.each(
    fixtures.entries.map(
      (entry) =>
        [
          `${entry.call} ${entry.inputShape} * ${entry.weightShape} ${JSON.stringify(entry.options)}`,
          entry,
        ] as const,
    ),
  )('%s', (_, entry) => {
    const operands = {
      x: float64(entry.input, entry.inputShape),
      w: float64(entry.weight, entry.weightShape),
      g: float64(entry.gradOutput, entry.gradOutputShape),
      options: { ...entry.options, ...run, accuracy: 'strict' },
    }
    const dx = inputGradient(entry.call, operands)
    const dw = weightGradient(entry.call, operands)
    expect([dx.shape, dx.dtype, dw.shape, dw.dtype]).toEqual([
      entry.inputShape,
      'float64',
      entry.weightShape,
      'float64',
    ])
    // Integers below 2⁵³, so direct sums are exact. + 0 turns −0 into 0.
    expect(flat(dx).map((v) => v + 0)).toEqual(entry.inputGradient)
    expect(flat(dw).map((v) => v + 0)).toEqual(entry.weightGradient)
    const biasOptions: object = operands.options
    expect(flat(library.convBiasGradient(operands.g, biasOptions))).toEqual(entry.biasGradient)
  })
})

const borders = ['zero', 'edge', 'reflect', 'symmetric', 'wrap', { constant: 3 }] as const
const spatial = ['W', 'HW', 'DHW'] as const

/**
 * Returns a random layer with any of its options, or undefined if the drawn numbers do not fit
 * together.
 */
function randomLayer(
  seed: number,
): { call: string; options: object; x: NdArray; w: NdArray; y: NdArray } | undefined {
  const next = random(seed)
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!
  const rank = pick([1, 2, 2, 3])
  const perAxis = <T>(draw: () => T): T[] => Array.from({ length: rank }, draw)
  const transposed = next(2) === 0
  const call = `${transposed ? 'convTranspose' : 'conv'}${rank}d`
  const groups = pick([1, 1, 2, 3])
  const [channelsPerGroup, filters, batch] = [1 + next(2), 1 + next(2), 1 + next(3)]
  const [extents, kernel] = [
    perAxis(() => 2 + next(rank === 3 ? 3 : 5)),
    perAxis(() => 1 + next(3)),
  ]
  const layout = pick(['channels-first', 'channels-last'] as const)
  const axes = spatial[rank - 1]!
  const weightLayout = pick([
    `OI${axes}`,
    `IO${axes}`,
    `O${axes}I`,
    `${axes}IO`,
    `${axes}OI`,
    `I${axes}O`,
  ])
  const [outputs, inputs] = transposed
    ? [filters, groups * channelsPerGroup]
    : [groups * filters, channelsPerGroup]
  const extentOf = (letter: string): number =>
    letter === 'O' ? outputs : letter === 'I' ? inputs : kernel[axes.indexOf(letter)]!
  const stride = perAxis(() => 1 + next(3))
  const paddingPair = (): [number, number] => [next(4) - 1, next(4) - 1]
  const padding = pick([
    0,
    'valid',
    'same',
    'same-lower',
    'full',
    'causal',
    perAxis(paddingPair),
    perAxis(paddingPair),
    perAxis(paddingPair),
  ] as const)
  const options = {
    ...{ stride, padding, groups, layout, weightLayout, accuracy: 'strict' },
    ...{ dilation: perAxis(() => 1 + next(2)), boundary: perAxis(() => pick(borders)) },
    ...(transposed && next(2) === 0 ? { outputPadding: stride.map((s) => next(s)) } : {}),
  }
  const filled = (shape: readonly number[]): NdArray =>
    float64(
      Array.from({ length: elementCount(shape) }, () => next(11) - 5),
      shape,
    )
  const channels = groups * channelsPerGroup
  const x = filled(
    layout === 'channels-first' ? [batch, channels, ...extents] : [batch, ...extents, channels],
  )
  const w = filled(Array.from(weightLayout, extentOf))
  try {
    const { shape } = layers[call]!(x, w, options)
    return { call, options, x, w, y: filled(shape) }
  } catch (error) {
    if (error instanceof library.OptionError) return undefined
    throw error
  }
}

test(
  'a step along any operand changes ⟨layer(x, w), g⟩ by the gradient, for random layers with ' +
    'every border',
  () => {
    let tried = 0
    const seen = new Set<string>()
    for (let seed = 1; tried < 300; seed++) {
      const drawn = randomLayer(seed)
      if (drawn === undefined) continue
      const { call, options, x, w, y: g } = drawn
      const layer = layers[call]!
      const [dx, dw] = [
        inputGradient(call, { x, w, g, options }),
        weightGradient(call, { x, w, g, options }),
      ]
      expect([dx.shape, dw.shape]).toEqual([x.shape, w.shape])
      const value = (a: NdArray, b: NdArray): number => dot(flat(layer(a, b, options)), flat(g))
      const here = value(x, w)
      const next = random(seed + 7777)
      for (const [operand, gradient] of [[x, dx] as const, [w, dw] as const]) {
        const direction = Array.from(operand.data, () => next(7) - 3)
        const moved = float64(
          direction.map((step, i) => operand.data[i]! + step),
          operand.shape,
        )
        const there = operand === x ? value(moved, w) : value(x, moved)
        // Integers and a linear layer: the difference is exact.
        expect(
          dot(flat(gradient), direction),
          `seed ${seed}: ${call} ${JSON.stringify(options)} x ${x.shape} w ${w.shape}`,
        ).toBe(there - here)
      }
      tried++
      seen.add(call)
    }
    expect(seen.size).toBe(6)
  },
)

test('⟨conv(x), y⟩ = ⟨x, inputGradient(y)⟩', () => {
  let tried = 0
  for (let seed = 5001; tried < 60; seed++) {
    const drawn = randomLayer(seed)
    if (drawn === undefined || JSON.stringify(drawn.options).includes('constant')) continue
    const { call, options, x, w, y } = drawn
    expect(dot(flat(layers[call]!(x, w, options)), flat(y))).toBe(
      dot(flat(x), flat(inputGradient(call, { x, w, g: y, options }))),
    )
    tried++
  }
})

describe('calls', () => {
  const x = float64([1, 2, 4], [1, 1, 3])
  const g = float64([1, 10], [1, 1, 2])

  test('the examples of the docstrings, in nested numbers', () => {
    expect(library.toNested(library.convInputGradient([[[1, 10]]], [[[2, 3]]], [1, 1, 3]))).toEqual(
      [[[2, 23, 30]]],
    )
    expect(
      library.toNested(library.convWeightGradient([[[1, 2, 4]]], [[[1, 10]]], [1, 1, 2])),
    ).toEqual([[[21, 42]]])
    expect(
      library.toNested(
        library.convBiasGradient([
          [
            [1, 2],
            [3, 4],
          ],
        ]),
      ),
    ).toEqual([3, 7])
    expect(
      library.toNested(library.convTransposeInputGradient([[[1, 2, 4]]], [[[1, 10]]])),
    ).toEqual([[[21, 42]]])
    expect(
      library.toNested(library.convTransposeWeightGradient([[[1, 10]]], [[[1, 2, 4]]], [1, 1, 2])),
    ).toEqual([[[21, 42]]])
  })

  test('the asynchronous entry point gives the same gradients', async () => {
    expect(flat(await promises.convInputGradient(g, [[[2, 3]]], [1, 1, 3]))).toEqual([2, 23, 30])
    expect(flat(await promises.convWeightGradient(x, g, [1, 1, 2]))).toEqual([21, 42])
    expect(flat(await promises.convBiasGradient(g))).toEqual([11])
    expect(flat(await promises.convTransposeInputGradient(x, [[[1, 10]]]))).toEqual([21, 42])
    expect(flat(await promises.convTransposeWeightGradient(g, x, [1, 1, 2]))).toEqual([21, 42])
  })

  test('out is filled and returned; a cached plan uses the new operands', () => {
    const out = library.zeros([1, 1, 2], 'float64')
    expect(library.convWeightGradient(x, g, [1, 1, 2], { out })).toBe(out)
    expect(flat(out)).toEqual([21, 42])
    library.convWeightGradient(x, float64([1, 0], [1, 1, 2]), [1, 1, 2], { out })
    expect(flat(out)).toEqual([1, 2])
    expect(
      flat(library.convWeightGradient(x, g, [1, 1, 2], { verify: true, dtype: 'float32' })),
    ).toEqual([21, 42])
  })

  test('the gradients of an empty batch are zeros', () => {
    const [emptyInput, emptyGradient] = [float64([], [0, 1, 3]), float64([], [0, 1, 2])]
    expect(flat(library.convWeightGradient(emptyInput, emptyGradient, [1, 1, 2]))).toEqual([0, 0])
    expect(library.convInputGradient(emptyGradient, [[[2, 3]]], [0, 1, 3]).shape).toEqual([0, 1, 3])
    expect(flat(library.convBiasGradient(emptyGradient))).toEqual([0])
  })

  test('the message for bad input contains what to do', () => {
    const activation = { activation: 'relu' } as object
    const calls: (() => unknown)[] = [
      () => library.convInputGradient(g, [[[2, 3]]], [1, 1, 3], activation),
      () => library.convWeightGradient(x, g, [1, 1, 2], activation),
      () => library.convBiasGradient(g, activation),
      () => library.convTransposeInputGradient(x, [[[2, 3]]], activation),
      () => library.convTransposeWeightGradient(g, x, [1, 1, 2], activation),
    ]
    for (const call of calls)
      expect(call).toThrow(/option 'activation' is given.*Multiply gradOutput/)
    for (const call of calls) expect(call).toThrow(library.OptionError)
    expect(() => library.convInputGradient(g, [[[2, 3]]], [1, 1, 9])).toThrow(
      /gradOutput has shape \[1,1,2\].*has shape \[1,1,8\]/,
    )
    expect(() => library.convWeightGradient(x, g, [1, 1, 3])).toThrow(
      /gradOutput has shape \[1,1,2\].*has shape \[1,1,1\]/,
    )
    expect(() => library.convBiasGradient([1, 2])).toThrow(/3, 4 or 5 axes/)
    expect(() => library.convWeightGradient(x, g, [1, 1, 2], { out: library.zeros([2]) })).toThrow(
      /out has shape \[2\], but \[1,1,2\]/,
    )
  })

  test(
    'a transposed layer with a border of repeated samples adds bias and activation once, after ' +
      'the adjoint of the padding',
    () => {
      const border = { padding: 1, boundary: 'edge' } as const
      // The forward layer pads [p, q] to [p, p, q, q]. Its adjoint therefore adds the value of each
      // copy to the original sample.
      const y = library.convTranspose1d([[[1, 2, 3, 4]]], [[[1]]], { ...border, bias: [10] })
      expect(library.toNested(y)).toEqual([[[1 + 2 + 10, 3 + 4 + 10]]])
      const clamped = library.convTranspose1d([[[1, 2, 3, 4]]], [[[1]]], {
        ...border,
        bias: [10],
        activation: { name: 'clamp', min: 0, max: 14 },
      })
      expect(library.toNested(clamped)).toEqual([[[13, 14]]])
      const verified = library.convTranspose1d([[[1, 2, 3, 4]]], [[[1]]], {
        ...border,
        bias: [10],
        verify: true,
      })
      expect(library.toNested(verified)).toEqual([[[13, 17]]])
    },
  )

  test('error messages start with the name of the called gradient function', () => {
    const [g, w] = [library.zeros([1, 6, 7, 7]), library.zeros([6, 4, 3, 3])]
    expect(() => library.convInputGradient(g, w, [1, 5, 9, 9])).toThrow(
      /^convInputGradient: input has 5 channels/,
    )
    expect(() => library.convWeightGradient(library.zeros([1, 5, 9, 9]), g, [6, 4, 3, 3])).toThrow(
      /^convWeightGradient: input has 5 channels/,
    )
    expect(() => library.convTransposeInputGradient(library.zeros([1, 5, 9, 9]), w)).toThrow(
      /^convTransposeInputGradient: /,
    )
    expect(() => library.toeplitz([[1]], [3, 3], { mode: 'vald' } as object)).toThrow(
      /^toeplitz: option 'mode'/,
    )
    expect(() => library.plan('conv4d' as 'conv2d', [1], [1])).toThrow(
      /'conv4d' is not a call with a geometry\. Did you mean/,
    )
  })
})
