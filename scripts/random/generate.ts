/**
 * Generates a random case that stridefold, PyTorch and SciPy can all compute: shapes, options and
 * data from a seed.
 *
 * Half of the cases have small integers as data, for which direct sums are exact in any order; the
 * others have fractions. For PyTorch and SciPy this file also computes the paddings as numbers,
 * independently of stridefold, from the definition of each padding name.
 */

export interface Packed {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export type Boundary = string | { readonly constant: number }

export interface RandomCase {
  readonly kind: 'layer' | 'transposed' | 'gradient' | 'transposedGradient' | 'signal'
  /** The name of the public function. */
  readonly call: string
  readonly arrays: Readonly<Record<string, Packed>>
  /** The options of the call. */
  readonly options: Readonly<Record<string, unknown>>
  /** The result shape that a gradient needs as an argument. */
  readonly shape?: readonly number[]
  /** Further fields that reference.py needs. */
  readonly reference: Readonly<Record<string, unknown>>
  /** Products summed for one result; also the largest Σ|k| of a result. */
  readonly products: number
  /** True if all data are integers. */
  readonly isInteger: boolean
}

type Next = (below: number) => number

/** Returns a generator of integers below a bound (mulberry32). */
export function numbers(seed: number): Next {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

const count = (shape: readonly number[]): number => shape.reduce((n, e) => n * e, 1)

/** Returns the case of a seed. */
export function randomCase(seed: number): RandomCase {
  const next = numbers(seed)
  const kind = (
    [
      'layer',
      'layer',
      'transposed',
      'gradient',
      'transposedGradient',
      'signal',
      'signal',
      'signal',
    ] as const
  )[next(8)]!
  const isInteger = next(2) === 0
  const make = (shape: readonly number[]): Packed => ({
    shape,
    data: Float64Array.from({ length: count(shape) }, () =>
      isInteger ? next(13) - 6 : Math.fround(next(2 ** 24) / 2 ** 23 - 1),
    ),
  })
  return kind === 'signal' ? signal(next, make, isInteger) : layer(next, make, kind, isInteger)
}

const pickFrom =
  (next: Next) =>
  <T>(list: readonly T[]): T =>
    list[next(list.length)]!

/**
 * Returns one border for all axes, or one per axis. All constants of a call are equal, because
 * libraries differ in which axis sets the corners.
 */
function borders(next: Next, rank: number): { option: Boundary | Boundary[]; perAxis: Boundary[] } {
  const pick = pickFrom(next)
  const constant: Boundary = pick(['zero', 'zero', { constant: 3 }])
  const pickBorder = (): Boundary =>
    pick<Boundary>([constant, constant, 'edge', 'reflect', 'symmetric', 'wrap'])
  if (next(3) > 0) {
    const option = pickBorder()
    return { option, perAxis: Array.from({ length: rank }, () => option) }
  }
  const perAxis = Array.from({ length: rank }, pickBorder)
  return { option: perAxis, perAxis }
}

function layer(
  next: Next,
  make: (shape: readonly number[]) => Packed,
  kind: Exclude<RandomCase['kind'], 'signal'>,
  isInteger: boolean,
): RandomCase {
  const pick = pickFrom(next)
  const isTransposed = kind === 'transposed' || kind === 'transposedGradient'
  for (;;) {
    const rank = pick([1, 2, 2, 2, 3])
    const groups = pick([1, 1, 1, 2, 3])
    const [inputChannels, outputChannels] = [
      groups * (1 + next(pick([3, 9]))),
      groups * (1 + next(pick([3, 9]))),
    ]
    const extents = Array.from({ length: rank }, () => 1 + next([30, 13, 7][rank - 1]!))
    const kernel = Array.from({ length: rank }, () => 1 + next([7, 5, 3][rank - 1]!))
    const stride = Array.from({ length: rank }, () => pick([1, 1, 2, 3]))
    const dilation = Array.from({ length: rank }, () => pick([1, 1, 1, 2, 3]))
    const padding = paddingOf(next, rank, extents, kernel, stride, dilation, isTransposed)
    const { option: boundary, perAxis: boundaries } = borders(next, rank)
    const outputs = extents.map((n, a) => {
      const [before, after] = padding.pads[a]!
      return Math.floor((n + before + after - dilation[a]! * (kernel[a]! - 1) - 1) / stride[a]!) + 1
    })
    if (
      outputs.some((n) => n < 1) ||
      extents.some(
        (n, a) => n + Math.min(0, padding.pads[a]![0]) + Math.min(0, padding.pads[a]![1]) < 1,
      )
    )
      continue
    const batch = 1 + next(3)
    const products = (inputChannels / groups) * count(kernel)
    if (batch * outputChannels * count(outputs) * products > 300_000) continue
    const [inputShape, outputShape] = [
      [batch, inputChannels, ...extents],
      [batch, outputChannels, ...outputs],
    ]
    const weightShape = [outputChannels, inputChannels / groups, ...kernel]
    const isUniform = (list: readonly number[]): boolean => list.every((v) => v === list[0])
    const scalarOrList = (list: readonly number[]): number | readonly number[] =>
      isUniform(list) && next(2) === 0 ? list[0]! : list
    const options: Record<string, unknown> = {
      stride: scalarOrList(stride),
      dilation: scalarOrList(dilation),
      groups,
      padding: padding.option,
      boundary,
    }
    const numeric = { stride, dilation, groups }
    const reference = { pads: padding.pads, boundaries, options: numeric }
    if (next(4) === 0) options.backend = pick(['js', 'wasm'])
    if (next(6) === 0) options.deterministic = true
    const common = { kind, products: products + 1, isInteger }
    if (kind === 'layer') {
      const arrays: Record<string, Packed> = { input: make(inputShape), weight: make(weightShape) }
      if (next(2) === 0) arrays.bias = make([outputChannels])
      const activation = pick([
        undefined,
        undefined,
        'relu',
        'relu6',
        'sigmoid',
        'tanh',
        { name: 'leaky-relu', slope: 0.25 },
        { name: 'clamp', min: -2, max: 5 },
      ])
      if (activation !== undefined) options.activation = activation
      const named = typeof activation === 'string' || activation !== undefined ? { activation } : {}
      return {
        ...common,
        call: `conv${rank}d`,
        arrays,
        options,
        reference: { ...reference, options: { ...numeric, ...named } },
      }
    }
    const forwardArrays = {
      input: make(inputShape),
      gradOutput: make(outputShape),
      weight: make(weightShape),
    }
    if (kind === 'gradient') {
      const by = pick(['input', 'weight', 'bias'] as const)
      const call = {
        input: 'convInputGradient',
        weight: 'convWeightGradient',
        bias: 'convBiasGradient',
      }[by]
      const shape = { input: inputShape, weight: weightShape, bias: [outputChannels] }[by]
      const gradientProducts =
        by === 'weight'
          ? batch * count(outputs)
          : by === 'bias'
            ? batch * count(outputs)
            : products * groups
      return {
        ...common,
        products: Math.max(gradientProducts, products) * 2,
        call,
        arrays: forwardArrays,
        options,
        shape,
        reference: { ...reference, by },
      }
    }
    // The transposed layer maps arrays of the output shape to arrays of the input shape.
    const transposedArrays = {
      input: make(outputShape),
      weight: forwardArrays.weight,
      gradOutput: make(inputShape),
    }
    const outputPadding = extents.map(
      (n, a) =>
        n -
        ((outputs[a]! - 1) * stride[a]! -
          padding.pads[a]![0] -
          padding.pads[a]![1] +
          dilation[a]! * (kernel[a]! - 1) +
          1),
    )
    const shapeOption =
      next(2) === 0
        ? { outputPadding }
        : { outputShape: next(2) === 0 ? extents : [batch, inputChannels, ...extents] }
    const transposedOptions = { ...options, ...shapeOption }
    const transposedReference = { ...reference, outputShape: inputShape }
    if (kind === 'transposed') {
      const arrays = {
        input: transposedArrays.input,
        weight: transposedArrays.weight,
        ...(next(2) === 0 ? { bias: make([inputChannels]) } : {}),
      }
      return {
        ...common,
        products: count(kernel) * outputChannels * 2,
        call: `convTranspose${rank}d`,
        arrays,
        options: transposedOptions,
        reference: transposedReference,
      }
    }
    const by = pick(['input', 'weight'] as const)
    const call = by === 'input' ? 'convTransposeInputGradient' : 'convTransposeWeightGradient'
    const gradientProducts = by === 'weight' ? batch * count(outputs) : products
    return {
      ...common,
      products: gradientProducts * 2,
      call,
      arrays: transposedArrays,
      options: transposedOptions,
      shape: weightShape,
      reference: { ...transposedReference, by },
    }
  }
}

type Pad = [before: number, after: number]

/** Returns a padding in one of the forms that the option accepts, and the same as numbers. */
function paddingOf(
  next: Next,
  rank: number,
  extents: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
  numbersOnly: boolean,
): { option: unknown; pads: Pad[] } {
  const excess = kernel.map((k, a) => dilation[a]! * (k - 1))
  const padsPerAxis = (pad: (a: number) => Pad): Pad[] =>
    Array.from({ length: rank }, (_, a) => pad(a))
  const totalForSame = (a: number): number =>
    Math.max(
      (Math.ceil(extents[a]! / stride[a]!) - 1) * stride[a]! + excess[a]! + 1 - extents[a]!,
      0,
    )
  const choice = next(numbersOnly ? 3 : 8)
  if (choice === 0) {
    const p = next(4)
    return { option: p, pads: padsPerAxis(() => [p, p]) }
  }
  if (choice === 1) {
    const list = Array.from({ length: rank }, () => next(4))
    // A list of two numbers has one number per axis, not one per side.
    return { option: list, pads: padsPerAxis((a) => [list[a]!, list[a]!]) }
  }
  if (choice === 2) {
    const pads = padsPerAxis((): Pad => [next(6) - 1, next(6) - 1])
    return { option: pads, pads }
  }
  if (choice === 3) return { option: 'valid', pads: padsPerAxis(() => [0, 0]) }
  if (choice === 4)
    return {
      option: 'same',
      pads: padsPerAxis((a) => [Math.floor(totalForSame(a) / 2), Math.ceil(totalForSame(a) / 2)]),
    }
  if (choice === 5)
    return {
      option: 'same-lower',
      pads: padsPerAxis((a) => [Math.ceil(totalForSame(a) / 2), Math.floor(totalForSame(a) / 2)]),
    }
  if (choice === 6) return { option: 'full', pads: padsPerAxis((a) => [excess[a]!, excess[a]!]) }
  return { option: 'causal', pads: padsPerAxis((a) => [excess[a]!, 0]) }
}

function signal(
  next: Next,
  make: (shape: readonly number[]) => Packed,
  isInteger: boolean,
): RandomCase {
  const pick = pickFrom(next)
  for (;;) {
    const rank = pick([1, 1, 2, 2, 2, 3, 4])
    const extents = Array.from({ length: rank }, () => 1 + next([60, 20, 8, 5][rank - 1]!))
    const kernel = Array.from({ length: rank }, () => 1 + next([17, 7, 4, 3][rank - 1]!))
    const stride = Array.from({ length: rank }, () => pick([1, 1, 1, 2, 3]))
    const dilation = Array.from({ length: rank }, () => pick([1, 1, 1, 2]))
    const excess = kernel.map((k, a) => dilation[a]! * (k - 1))
    const channelAxis = rank > 1 && next(3) === 0 ? next(rank + 1) : undefined
    const { option: boundary, perAxis: boundaries } = borders(next, rank)
    const modes = Array.from({ length: rank }, () =>
      pick(['full', 'same', 'same-lower', 'valid'] as const),
    )
    const mode = next(2) === 0 ? modes : modes.map(() => modes[0]!)
    const explicit = next(4) === 0
    const pads = explicit
      ? extents.map((): Pad => [next(7) - 1, next(7) - 1])
      : mode.map((m, a): Pad => {
          const [small, large] = [Math.floor(excess[a]! / 2), Math.ceil(excess[a]! / 2)]
          return {
            full: [excess[a]!, excess[a]!],
            same: [small, large],
            'same-lower': [large, small],
            valid: [0, 0],
          }[m] as Pad
        })
    const fits = extents.every(
      (n, a) =>
        n + pads[a]![0] + pads[a]![1] > excess[a]! &&
        n + Math.min(0, pads[a]![0]) + Math.min(0, pads[a]![1]) >= 1,
    )
    if (!fits) continue
    const isUniform = mode.every((m) => m === mode[0])
    const options: Record<string, unknown> = {
      stride,
      dilation,
      boundary,
      ...(explicit ? { padding: pads } : { mode: isUniform ? mode[0] : mode }),
    }
    const bias = next(3) === 0 ? next(7) - 3 : 0
    if (bias !== 0) options.bias = bias
    if (next(4) === 0) options.backend = pick(['js', 'wasm'])
    if (channelAxis !== undefined)
      options.channelAxis = next(2) === 0 ? channelAxis : channelAxis - rank - 1
    const slices = 1 + next(4)
    const shape = channelAxis === undefined ? extents : extents.toSpliced(channelAxis, 0, slices)
    const reference = {
      call: '',
      pads,
      boundaries,
      stride,
      dilation,
      bias,
      channelAxis: channelAxis ?? null,
      mode: !explicit && isUniform ? mode[0] : null,
      ndimage: next(2) === 0,
    }
    const call = pick(['convolve', 'correlate'])
    const arrays = { input: make(shape), kernel: make(kernel) }
    return {
      kind: 'signal',
      call,
      arrays,
      options,
      reference: { ...reference, call },
      products: count(kernel) + 1,
      isInteger,
    }
  }
}
