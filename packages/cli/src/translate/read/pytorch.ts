/**
 * PyTorch: the functions of `torch.nn.functional`, and the modules of `torch.nn`. An array without
 * a batch, C × spatial, is a batch of one. `F.pad` starts with the last axis.
 */

import type { Boundary } from 'stridefold/sync'
import { maxWrapPad, type Pair } from '../arrays-and-borders.ts'
import {
  type Arguments,
  arrayOf,
  asArray,
  axesOf,
  biasOf,
  bindArguments,
  booleanOf,
  given,
  integerListOf,
  integerOf,
  literalOf,
  numberOf,
  perAxisOf,
  wordOf,
} from './arguments.ts'
import { requireLayout, spatialExtents } from './convolution.ts'
import { splitPads, transposedSpec } from './layers.ts'
import { convolve, type Library, type Reader, reader, type SpecOf, unchanged } from './library.ts'
import { constant, numpyMethods, positional, positionsOf, reshaped } from './numpy.ts'
import { axisIndex, pad, permute, reverse, subscript, type Tensor, withStep } from './tensor.ts'
import { type ArrayValue, described, isKind, type Value } from './values.ts'
import { notRead } from './wording.ts'

const ranks = [1, 2, 3] as const

const withoutBatch = (input: Tensor, rank: number): string =>
  `${input.axes.length === rank + 1 ? '' : 'N'}C${'S'.repeat(rank)}`

/** Reads stride, padding, dilation and groups of a forward layer. */
function forward(args: Arguments, rank: number, border: Boundary): SpecOf {
  const stride = perAxisOf(args, 'stride', rank, 1)
  const dilation = perAxisOf(args, 'dilation', rank, 1)
  const groups = integerOf(args, 'groups', 1)
  const name = given(args, 'padding')
  const isNamed = typeof name === 'string'
  const word = isNamed ? wordOf(args, 'padding', ['same', 'valid']) : ''
  if (word === 'same' && stride.some((s) => s > 1))
    throw notRead(
      `${args.call} has padding 'same' and a stride, which PyTorch rejects`,
      'Write the padding in numbers.',
    )
  const sides = isNamed ? [] : perAxisOf(args, 'padding', rank, 0, 0)
  const bias = biasOf(args, 'bias')
  return (input, kernel) => {
    const kernelLayout = `OI${'S'.repeat(rank)}`
    const inputLayout = withoutBatch(input, rank)
    requireLayout(input, inputLayout, args.call)
    requireLayout(kernel, kernelLayout, args.call)
    const own = spatialExtents(kernel, kernelLayout).map((k, a): Pair => {
      if (word === 'valid') return [0, 0]
      if (word === '') return [sides[a]!, sides[a]!]
      return splitPads(dilation[a]! * (k - 1), 'upper')
    })
    spatialExtents(input, inputLayout).forEach((n, a) => {
      const longest = maxWrapPad(border, n)
      if (Math.max(...own[a]!) > longest)
        throw notRead(
          `${args.call} pads axis ${a} by ${Math.max(...own[a]!)} samples, but its border covers ` +
            `at most ${longest}`,
          'PyTorch rejects it: use less padding.',
        )
    })
    return {
      inputLayout,
      kernelLayout,
      stride,
      dilation,
      own,
      ownBorder: border,
      groups,
      bias,
    }
  }
}

/** Reads the options of a transposed layer. */
function backward(args: Arguments, rank: number): SpecOf {
  const stride = perAxisOf(args, 'stride', rank, 1)
  const padding = perAxisOf(args, 'padding', rank, 0, 0)
  const outputPadding = perAxisOf(args, 'output_padding', rank, 0, 0)
  const dilation = perAxisOf(args, 'dilation', rank, 1)
  const groups = integerOf(args, 'groups', 1)
  const bias = biasOf(args, 'bias')
  return (input, kernel) =>
    transposedSpec(args.call, kernel, {
      inputLayout: withoutBatch(input, rank),
      kernelLayout: `IO${'S'.repeat(rank)}`,
      stride,
      dilation,
      padding: padding.map((p): Pair => [p, p]),
      outputPadding,
      groups,
      bias,
    })
}

const functionForward = (rank: number): Reader =>
  reader('input, weight, bias, stride, padding, dilation, groups', (args) =>
    convolve(
      args.call,
      arrayOf(args, 'input'),
      arrayOf(args, 'weight'),
      forward(args, rank, 'zero'),
    ),
  )

const functionBackward = (rank: number): Reader =>
  reader('input, weight, bias, stride, padding, output_padding, groups, dilation', (args) =>
    convolve(args.call, arrayOf(args, 'input'), arrayOf(args, 'weight'), backward(args, rank)),
  )

const paddingModes: Readonly<Record<string, Boundary>> = {
  zeros: 'zero',
  reflect: 'reflect',
  replicate: 'edge',
  circular: 'wrap',
}

/** A module: its weights have the shape that its arguments give. */
interface Module {
  readonly weight: ArrayValue
  readonly apply: (input: ArrayValue) => Value
}

function moduleOf(args: Arguments, rank: number, isTransposed: boolean): Value {
  const inputs = integerOf(args, 'in_channels')
  const outputs = integerOf(args, 'out_channels')
  const extents = perAxisOf(args, 'kernel_size', rank, 0)
  const groups = integerOf(args, 'groups', 1)
  const border = paddingModes[wordOf(args, 'padding_mode', Object.keys(paddingModes), 'zeros')]!
  if (inputs % groups !== 0 || outputs % groups !== 0)
    throw notRead(
      `${args.call}: ${groups} groups do not divide ${inputs} and ${outputs} channels`,
      'Correct groups.',
    )
  const shape = isTransposed
    ? [inputs, outputs / groups, ...extents]
    : [outputs, inputs / groups, ...extents]
  const values = new Map([...args.values].filter(([name]) => name !== 'bias'))
  if (booleanOf(args, 'bias', true)) values.set('bias', freeArray('bias'))
  const options: Arguments = { call: args.call, values }
  const weight: ArrayValue = { kind: 'array', source: { name: 'weight', shape }, steps: [] }
  const spec = isTransposed ? backward(options, rank) : forward(options, rank, border)
  const module: Module = {
    weight,
    apply: (input) => convolve(args.call, input, weight, spec),
  }
  return { kind: 'object', type: 'module', parts: { module } }
}

const freeArray = (name: string): ArrayValue => ({ kind: 'array', source: { name }, steps: [] })

const moduleForward = (rank: number): Reader =>
  reader(
    'in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, ' +
      'padding_mode, device, dtype',
    (args) => moduleOf(args, rank, false),
  )

const moduleBackward = (rank: number): Reader =>
  reader(
    'in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, ' +
      'dilation, padding_mode, device, dtype',
    (args) => {
      wordOf(args, 'padding_mode', ['zeros'], 'zeros')
      return moduleOf(args, rank, true)
    },
  )

const padModes: Readonly<Record<string, Boundary>> = {
  constant: 'zero',
  reflect: 'reflect',
  replicate: 'edge',
  circular: 'wrap',
}

/** `F.pad`: pairs from the last axis on. A negative number crops. */
function padded(args: Arguments): Value {
  const mode = wordOf(args, 'mode', Object.keys(padModes), 'constant')
  const border = mode === 'constant' ? constant(numberOf(args, 'value', 0)) : padModes[mode]!
  const sides = integerListOf(args, 'pad')
  if (sides.length % 2 !== 0)
    throw notRead(`${args.call}: pad has ${sides.length} numbers`, 'Write a pair for each axis.')
  return withStep(arrayOf(args, 'input'), (tensor, bind) => {
    const rank = tensor.axes.length
    const pairs = Array.from({ length: rank }, (_, a): Pair => {
      const at = 2 * (rank - 1 - a)
      return [sides[at] ?? 0, sides[at + 1] ?? 0]
    })
    const added = pairs.map(([before, after]): Pair => [Math.max(before, 0), Math.max(after, 0)])
    const wide = pad(args.call, added, border, true)(tensor, bind)
    const cuts = pairs.map(([before, after]) => ({
      ...(before < 0 ? { start: -before } : {}),
      ...(after < 0 ? { stop: after } : {}),
      step: 1,
    }))
    return subscript(cuts)(wide, bind)
  })
}

/** `w.flip(2, 3)`, `w.flip([2, 3])` and `torch.flip(w, (2, 3))`. */
function flipped(args: Arguments): Value {
  const items = positionsOf(args)
  const list = isKind(items[0], 'list') ? items[0] : { kind: 'list' as const, items }
  const dims = bindArguments(args.call, 'dims', [{ value: list }])
  return withStep(arrayOf(args, 'self'), reverse(axesOf(dims, 'dims'), args.call))
}

function permuted(args: Arguments): Value {
  const items = positionsOf(args)
  const list = isKind(items[0], 'list') ? items[0] : { kind: 'list' as const, items }
  const dims = bindArguments(args.call, 'dims', [{ value: list }])
  return withStep(arrayOf(args, 'self'), permute(axesOf(dims, 'dims'), args.call))
}

/** An axis of extent 1 that is inserted. */
const unsqueezed = reader('self, dim', (args): Value => {
  const dim = integerOf(args, 'dim')
  return withStep(arrayOf(args, 'self'), (tensor, bind) => {
    const place = axisIndex(dim, tensor.axes.length + 1, args.call)
    const keep = Array.from({ length: place }, () => ({ step: 1 }))
    return subscript([...keep, 'new', 'rest'])(tensor, bind)
  })
})

const zerosOf = (items: readonly Value[]): Value => ({
  kind: 'zeros',
  shape: isKind(items[0], 'list') ? items[0].items : items,
})

const literal = reader('data, dtype', (args) => literalOf(args, 'data'))

const functional = 'torch.nn.functional'
const layers = ranks.flatMap((rank) => [
  [`${functional}.conv${rank}d`, functionForward(rank)] as const,
  [`torch.conv${rank}d`, functionForward(rank)] as const,
  [`${functional}.conv_transpose${rank}d`, functionBackward(rank)] as const,
  [`torch.conv_transpose${rank}d`, functionBackward(rank)] as const,
  [`torch.nn.Conv${rank}d`, moduleForward(rank)] as const,
  [`torch.nn.ConvTranspose${rank}d`, moduleBackward(rank)] as const,
])

const isModule = (value: Value | undefined): Module | undefined =>
  isKind(value, 'object') && value.type === 'module' ? (value.parts.module as Module) : undefined

export const pytorch: Library = {
  name: 'pytorch',
  title: 'PyTorch',
  dialect: 'python',
  aliases: { torch: 'torch', nn: 'torch.nn', F: functional },
  functions: {
    ...Object.fromEntries(layers),
    [`${functional}.pad`]: reader('input, pad, mode, value', padded),
    'torch.flip': reader('self, a0', flipped),
    'torch.unsqueeze': unsqueezed,
    'torch.ones': filled('torch.ones'),
    'torch.randn': filled('torch.randn'),
    'torch.rand': filled('torch.rand'),
    'torch.zeros': reader(positional, (args) => zerosOf([...args.values.values()])),
    'torch.tensor': literal,
    'torch.from_numpy': unchanged('self'),
  },
  methods: {
    'module.()': reader('self, input', (args) => {
      const module = isModule(given(args, 'self'))
      if (module === undefined) throw notRead(`${args.call} is called`, 'Give one layer.')
      return module.apply(arrayOf(args, 'input'))
    }),
    flip: reader(positional, flipped),
    permute: reader(positional, permuted),
    transpose: reader('self, dim0, dim1', (args) => {
      const [a, b] = [integerOf(args, 'dim0'), integerOf(args, 'dim1')]
      return withStep(arrayOf(args, 'self'), (tensor, bind) => {
        const rank = tensor.axes.length
        const [i, j] = [axisIndex(a, rank, args.call), axisIndex(b, rank, args.call)]
        const order = tensor.axes.map((_, at) => (at === i ? j : at === j ? i : at))
        return permute(order, args.call)(tensor, bind)
      })
    }),
    unsqueeze: unsqueezed,
    reshape: reader(positional, reshapedSelf),
    view: reader(positional, reshapedSelf),
    new_zeros: reader(positional, (args) => zerosOf(positionsOf(args))),
    contiguous: unchanged('self'),
    float: unchanged('self'),
    double: unchanged('self'),
    clone: unchanged('self'),
    detach: unchanged('self'),
    sum: numpyMethods.sum!,
    numpy: unchanged('self'),
  },
  finish: (value) => isModule(value)?.apply(freeArray('x')),
}

function reshapedSelf(args: Arguments): Value {
  const self = given(args, 'self')
  return reshaped(args, self === undefined ? undefined : asArray(self), positionsOf(args))
}

function filled(name: string): Reader {
  return reader(positional, (args): Value => {
    const items = [...args.values.values()]
    const list = isKind(items[0], 'list') ? items[0].items : items
    const shape = list.filter((item) => typeof item === 'number')
    if (shape.length !== list.length)
      throw notRead(`${args.call} has ${list.map(described).join(', ')}`, 'Write whole numbers.')
    return { kind: 'array', source: { name: `${name}(${shape.join(', ')})`, shape }, steps: [] }
  })
}
