/**
 * One random question that stridefold, PyTorch and SciPy can all answer: shapes, options and data
 * from a seed.
 *
 * Half of the data are small integers, on which direct sums are exact in any order; the rest are
 * fractions. Paddings are also worked out here as plain numbers, from the words' meaning in their
 * own fields, for the other side.
 */

export interface Packed {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export type Boundary = string | { readonly constant: number }

export interface RandomQuestion {
  readonly kind: 'layer' | 'transposed' | 'gradient' | 'transposedGradient' | 'signal'
  /** The public name that is called. */
  readonly call: string
  readonly arrays: Readonly<Record<string, Packed>>
  /** What the call is given. */
  readonly options: Readonly<Record<string, unknown>>
  /** Shape that a gradient or a transposed layer is asked for. */
  readonly shape?: readonly number[]
  /** What the other side needs to know besides. */
  readonly truth: Readonly<Record<string, unknown>>
  /** Products summed for one result, and the largest Σ|k| of a result. */
  readonly products: number
  readonly whole: boolean
}

type Next = (below: number) => number

/** mulberry32: whole numbers below a bound. */
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

/** The question of a seed. */
export function question(seed: number): RandomQuestion {
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
  const whole = next(2) === 0
  const make = (shape: readonly number[]): Packed => ({
    shape,
    data: Float64Array.from({ length: count(shape) }, () =>
      whole ? next(13) - 6 : Math.fround(next(2 ** 24) / 2 ** 23 - 1),
    ),
  })
  return kind === 'signal' ? signal(next, make, whole) : layer(next, make, kind, whole)
}

const pickFrom =
  (next: Next) =>
  <T>(list: readonly T[]): T =>
    list[next(list.length)]!

/**
 * One border for all axes, or one for each; constants of one call are equal, since libraries differ
 * in who wins a corner.
 */
function borders(next: Next, rank: number): { option: Boundary | Boundary[]; each: Boundary[] } {
  const pick = pickFrom(next)
  const constant: Boundary = pick(['zero', 'zero', { constant: 3 }])
  const one = (): Boundary =>
    pick<Boundary>([constant, constant, 'edge', 'reflect', 'symmetric', 'wrap'])
  if (next(3) > 0) {
    const option = one()
    return { option, each: Array.from({ length: rank }, () => option) }
  }
  const each = Array.from({ length: rank }, one)
  return { option: each, each }
}

function layer(
  next: Next,
  make: (shape: readonly number[]) => Packed,
  kind: Exclude<RandomQuestion['kind'], 'signal'>,
  whole: boolean,
): RandomQuestion {
  const pick = pickFrom(next)
  const isTransposed = kind === 'transposed' || kind === 'transposedGradient'
  for (;;) {
    const rank = pick([1, 2, 2, 2, 3])
    const groups = pick([1, 1, 1, 2, 3])
    const [inside, outside] = [groups * (1 + next(pick([3, 9]))), groups * (1 + next(pick([3, 9])))]
    const extents = Array.from({ length: rank }, () => 1 + next([30, 13, 7][rank - 1]!))
    const kernel = Array.from({ length: rank }, () => 1 + next([7, 5, 3][rank - 1]!))
    const stride = Array.from({ length: rank }, () => pick([1, 1, 2, 3]))
    const dilation = Array.from({ length: rank }, () => pick([1, 1, 1, 2, 3]))
    const spelled = paddingOf(next, rank, extents, kernel, stride, dilation, isTransposed)
    const { option: boundary, each: boundaries } = borders(next, rank)
    const outputs = extents.map((n, a) => {
      const [before, after] = spelled.pads[a]!
      return Math.floor((n + before + after - dilation[a]! * (kernel[a]! - 1) - 1) / stride[a]!) + 1
    })
    if (
      outputs.some((n) => n < 1) ||
      extents.some(
        (n, a) => n + Math.min(0, spelled.pads[a]![0]) + Math.min(0, spelled.pads[a]![1]) < 1,
      )
    )
      continue
    const batch = 1 + next(3)
    const products = (inside / groups) * count(kernel)
    if (batch * outside * count(outputs) * products > 300_000) continue
    const [inputShape, outputShape] = [
      [batch, inside, ...extents],
      [batch, outside, ...outputs],
    ]
    const weightShape = [outside, inside / groups, ...kernel]
    const isUniform = (list: readonly number[]): boolean => list.every((v) => v === list[0])
    const spell = (list: readonly number[]): number | readonly number[] =>
      isUniform(list) && next(2) === 0 ? list[0]! : list
    const options: Record<string, unknown> = {
      stride: spell(stride),
      dilation: spell(dilation),
      groups,
      padding: spelled.option,
      boundary,
    }
    const numeric = { stride, dilation, groups }
    const truth = { pads: spelled.pads, boundaries, options: numeric }
    if (next(4) === 0) options.backend = pick(['js', 'wasm'])
    if (next(6) === 0) options.deterministic = true
    const common = { kind, products: products + 1, whole }
    if (kind === 'layer') {
      const arrays: Record<string, Packed> = { input: make(inputShape), weight: make(weightShape) }
      if (next(2) === 0) arrays.bias = make([outside])
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
        truth: { ...truth, options: { ...numeric, ...named } },
      }
    }
    const sides = {
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
      const shape = { input: inputShape, weight: weightShape, bias: [outside] }[by]
      const many =
        by === 'weight'
          ? batch * count(outputs)
          : by === 'bias'
            ? batch * count(outputs)
            : products * groups
      return {
        ...common,
        products: Math.max(many, products) * 2,
        call,
        arrays: sides,
        options,
        shape,
        truth: { ...truth, by },
      }
    }
    // The transposed layer maps what the forward layer gives back to what it takes.
    const back = { input: make(outputShape), weight: sides.weight, gradOutput: make(inputShape) }
    const outputPadding = extents.map(
      (n, a) =>
        n -
        ((outputs[a]! - 1) * stride[a]! -
          spelled.pads[a]![0] -
          spelled.pads[a]![1] +
          dilation[a]! * (kernel[a]! - 1) +
          1),
    )
    const more =
      next(2) === 0
        ? { outputPadding }
        : { outputShape: next(2) === 0 ? extents : [batch, inside, ...extents] }
    const asked = { ...options, ...more }
    const goal = { ...truth, outputShape: inputShape }
    if (kind === 'transposed') {
      const arrays = {
        input: back.input,
        weight: back.weight,
        ...(next(2) === 0 ? { bias: make([inside]) } : {}),
      }
      return {
        ...common,
        products: count(kernel) * outside * 2,
        call: `convTranspose${rank}d`,
        arrays,
        options: asked,
        truth: goal,
      }
    }
    const by = pick(['input', 'weight'] as const)
    const call = by === 'input' ? 'convTransposeInputGradient' : 'convTransposeWeightGradient'
    const many = by === 'weight' ? batch * count(outputs) : products
    return {
      ...common,
      products: many * 2,
      call,
      arrays: back,
      options: asked,
      shape: weightShape,
      truth: { ...goal, by },
    }
  }
}

type Pad = [before: number, after: number]

/** A padding as a caller may spell it, and what it comes to. */
function paddingOf(
  next: Next,
  rank: number,
  extents: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
  numbersOnly: boolean,
): { option: unknown; pads: Pad[] } {
  const reach = kernel.map((k, a) => dilation[a]! * (k - 1))
  const each = (pad: (a: number) => Pad): Pad[] => Array.from({ length: rank }, (_, a) => pad(a))
  const same = (a: number): number =>
    Math.max(
      (Math.ceil(extents[a]! / stride[a]!) - 1) * stride[a]! + reach[a]! + 1 - extents[a]!,
      0,
    )
  const choice = next(numbersOnly ? 3 : 8)
  if (choice === 0) {
    const p = next(4)
    return { option: p, pads: each(() => [p, p]) }
  }
  if (choice === 1) {
    const list = Array.from({ length: rank }, () => next(4))
    // Two numbers in a list are one for each axis.
    return { option: list, pads: each((a) => [list[a]!, list[a]!]) }
  }
  if (choice === 2) {
    const pads = each((): Pad => [next(6) - 1, next(6) - 1])
    return { option: pads, pads }
  }
  if (choice === 3) return { option: 'valid', pads: each(() => [0, 0]) }
  if (choice === 4)
    return { option: 'same', pads: each((a) => [Math.floor(same(a) / 2), Math.ceil(same(a) / 2)]) }
  if (choice === 5)
    return {
      option: 'same-lower',
      pads: each((a) => [Math.ceil(same(a) / 2), Math.floor(same(a) / 2)]),
    }
  if (choice === 6) return { option: 'full', pads: each((a) => [reach[a]!, reach[a]!]) }
  return { option: 'causal', pads: each((a) => [reach[a]!, 0]) }
}

function signal(
  next: Next,
  make: (shape: readonly number[]) => Packed,
  whole: boolean,
): RandomQuestion {
  const pick = pickFrom(next)
  for (;;) {
    const rank = pick([1, 1, 2, 2, 2, 3, 4])
    const extents = Array.from({ length: rank }, () => 1 + next([60, 20, 8, 5][rank - 1]!))
    const kernel = Array.from({ length: rank }, () => 1 + next([17, 7, 4, 3][rank - 1]!))
    const stride = Array.from({ length: rank }, () => pick([1, 1, 1, 2, 3]))
    const dilation = Array.from({ length: rank }, () => pick([1, 1, 1, 2]))
    const reach = kernel.map((k, a) => dilation[a]! * (k - 1))
    const channelAxis = rank > 1 && next(3) === 0 ? next(rank + 1) : undefined
    const { option: boundary, each: boundaries } = borders(next, rank)
    const modes = Array.from({ length: rank }, () =>
      pick(['full', 'same', 'same-lower', 'valid'] as const),
    )
    const mode = next(2) === 0 ? modes : modes.map(() => modes[0]!)
    const explicit = next(4) === 0
    const pads = explicit
      ? extents.map((): Pad => [next(7) - 1, next(7) - 1])
      : mode.map((m, a): Pad => {
          const [small, large] = [Math.floor(reach[a]! / 2), Math.ceil(reach[a]! / 2)]
          return {
            full: [reach[a]!, reach[a]!],
            same: [small, large],
            'same-lower': [large, small],
            valid: [0, 0],
          }[m] as Pad
        })
    const fits = extents.every(
      (n, a) =>
        n + pads[a]![0] + pads[a]![1] > reach[a]! &&
        n + Math.min(0, pads[a]![0]) + Math.min(0, pads[a]![1]) >= 1,
    )
    if (!fits) continue
    const isOne = mode.every((m) => m === mode[0])
    const options: Record<string, unknown> = {
      stride,
      dilation,
      boundary,
      ...(explicit ? { padding: pads } : { mode: isOne ? mode[0] : mode }),
    }
    const bias = next(3) === 0 ? next(7) - 3 : 0
    if (bias !== 0) options.bias = bias
    if (next(4) === 0) options.backend = pick(['js', 'wasm'])
    if (channelAxis !== undefined)
      options.channelAxis = next(2) === 0 ? channelAxis : channelAxis - rank - 1
    const slices = 1 + next(4)
    const shape = channelAxis === undefined ? extents : extents.toSpliced(channelAxis, 0, slices)
    const truth = {
      call: '',
      pads,
      boundaries,
      stride,
      dilation,
      bias,
      channelAxis: channelAxis ?? null,
      mode: !explicit && isOne ? mode[0] : null,
      ndimage: next(2) === 0,
    }
    const call = pick(['convolve', 'correlate'])
    const arrays = { input: make(shape), kernel: make(kernel) }
    return {
      kind: 'signal',
      call,
      arrays,
      options,
      truth: { ...truth, call },
      products: count(kernel) + 1,
      whole,
    }
  }
}
