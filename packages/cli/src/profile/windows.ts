/**
 * The positions of the windows of a layer: strides, pads and extents from ONNX attributes, for
 * convolutions, transposed convolutions and pooling.
 *
 *   span = (kernel − 1)·dilation + 1      output = ⌊(n + before + after − span) / stride⌋ + 1
 */

import type { Attributes } from './attributes.ts'
import { type Operation, operationError } from './graph.ts'

export interface Windows {
  readonly kernel: readonly number[]
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly output: readonly number[]
}

const autoPads = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'] as const
type AutoPad = (typeof autoPads)[number]

interface WindowAttributes extends Pick<Windows, 'kernel' | 'stride' | 'dilation'> {
  readonly auto: AutoPad
  readonly pads: readonly number[]
  readonly span: readonly number[]
}

function readAttributes(
  operation: Operation,
  attributes: Attributes,
  kernel: readonly number[],
): WindowAttributes {
  const rank = kernel.length
  const ones = kernel.map(() => 1)
  const stride = attributes.integers('strides', ones, rank, 1)
  const dilation = attributes.integers('dilations', ones, rank, 1)
  const auto = attributes.word('auto_pad', autoPads)
  const pads = attributes.integers('pads', new Array<number>(2 * rank).fill(0), 2 * rank, 0)
  if (auto !== 'NOTSET' && pads.some((p) => p !== 0))
    throw operationError(
      operation,
      `has pads [${pads}] and auto_pad ${auto}, which exclude each other. Leave one of them ` +
        'out.',
    )
  return {
    kernel,
    stride,
    dilation,
    auto,
    pads,
    span: kernel.map((k, a) => (k - 1) * dilation[a]! + 1),
  }
}

/** Splits the padding in two. An odd sample goes to the end, with SAME_LOWER to the beginning. */
function splitPadding(total: readonly number[], first: boolean): Pick<Windows, 'before' | 'after'> {
  const before = total.map((n) => (first ? Math.ceil(n / 2) : Math.floor(n / 2)))
  return { before, after: total.map((n, a) => n - before[a]!) }
}

/** The windows of a convolution, or of `pooling`, for an input with these spatial extents. */
export function windows(
  operation: Operation,
  attributes: Attributes,
  kernel: readonly number[],
  extents: readonly number[],
  pooling?: { readonly roundUp: boolean },
): Windows {
  const { stride, dilation, auto, pads, span } = readAttributes(operation, attributes, kernel)
  // The ONNX standard and its runtimes disagree here, so no result is right for both.
  if (pooling && auto.startsWith('SAME') && dilation.some((d) => d !== 1))
    throw operationError(
      operation,
      `has auto_pad ${auto} and dilations, for which ONNX and its runtimes disagree. Give ` +
        'explicit pads.',
    )
  const roundUp = pooling?.roundUp === true
  if (roundUp && auto === 'VALID' && extents.some((n, a) => (n - span[a]!) % stride[a]! !== 0))
    throw operationError(
      operation,
      'has auto_pad VALID and ceil_mode, for which ONNX and its runtimes disagree. Give pads ' +
        'of 0 instead.',
    )
  const explicitPads = { before: pads.slice(0, kernel.length), after: pads.slice(kernel.length) }
  const { before, after } = auto.startsWith('SAME')
    ? splitPadding(
        extents.map((n, a) =>
          Math.max(0, (Math.ceil(n / stride[a]!) - 1) * stride[a]! + span[a]! - n),
        ),
        auto === 'SAME_LOWER',
      )
    : explicitPads
  const output = extents.map((n, a) => {
    const steps = (n + before[a]! + after[a]! - span[a]!) / stride[a]!
    if (steps < 0)
      throw operationError(
        operation,
        `has windows of ${span[a]} samples along spatial axis ${a}, which holds ${n} with ` +
          `pads ${before[a]} and ${after[a]}.`,
      )
    const windows = (roundUp && auto === 'NOTSET' ? Math.ceil(steps) : Math.floor(steps)) + 1
    // A window that starts in the padding after the array does not count.
    return windows > 1 && roundUp && (windows - 1) * stride[a]! >= n + before[a]!
      ? windows - 1
      : windows
  })
  return { kernel, stride, dilation, before, after, output }
}

/** The windows of a transposed convolution. `extra` results are added at the end of each axis. */
export function transposedWindows(
  operation: Operation,
  attributes: Attributes,
  kernel: readonly number[],
  extents: readonly number[],
): Windows & { readonly extra: readonly number[] } {
  const { stride, dilation, auto, pads, span } = readAttributes(operation, attributes, kernel)
  const rank = kernel.length
  const extra = attributes.integers(
    'output_padding',
    kernel.map(() => 0),
    rank,
    0,
  )
  const fullExtents = extents.map((n, a) => (n - 1) * stride[a]! + span[a]! + extra[a]!)
  const targetExtents = attributes.has('output_shape')
    ? attributes.integers('output_shape', undefined, rank, 1)
    : auto.startsWith('SAME')
      ? extents.map((n, a) => n * stride[a]!)
      : undefined
  if (targetExtents === undefined) {
    const [before, after] = [pads.slice(0, rank), pads.slice(rank)]
    const output = fullExtents.map((n, a) => n - before[a]! - after[a]!)
    output.forEach((n, a) => {
      if (n < 1)
        throw operationError(
          operation,
          `has pads ${before[a]} and ${after[a]} along spatial axis ${a}, which leave no sample ` +
            `of ${fullExtents[a]}.`,
        )
    })
    return { kernel, stride, dilation, before, after, output, extra }
  }
  const total = fullExtents.map((n, a) => n - targetExtents[a]!)
  total.forEach((n, a) => {
    // Runtimes agree on one sample beyond the last window, at the end, and on no other case.
    if (n < (auto.startsWith('SAME') ? 0 : -1))
      throw operationError(
        operation,
        `has ${fullExtents[a]} results along spatial axis ${a}, but output_shape or auto_pad ` +
          `requires ${targetExtents[a]}: ONNX does not define the position of the others.`,
      )
  })
  return {
    ...{ kernel, stride, dilation, output: targetExtents },
    ...splitPadding(
      total.map((n) => Math.max(0, n)),
      auto !== 'SAME_UPPER',
    ),
    extra: extra.map((n, a) => n + Math.max(0, -total[a]!)),
  }
}
