/** A random layer, transposed layer, or gradient of one of them. */

import {
  borders,
  count,
  type Next,
  type Packed,
  type Pad,
  pickFrom,
  type RandomCase,
} from './random-case.ts'

/** Returns a case of at most 300,000 products whose result has samples. */
export function randomLayer(
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
