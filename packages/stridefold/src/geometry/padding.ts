/**
 * How many samples does a padding add to an axis, and how many outputs follow? Small pure functions
 * of one axis.
 *
 *   before   input   after      e = dilation·(kernel − 1): the effective kernel extent − 1
 *   ──────┬────────┬───────     N padded samples have ⌊(N − e − 1) / stride⌋ + 1 outputs
 *
 * `'same'` has two meanings if the stride is above 1. Signals keep the centring of stride 1 and
 * every s-th output. Layers (TensorFlow, ONNX) pad no more than ⌈n/s⌉ outputs need.
 */

/** The paddings by name that signals accept: how far the kernel moves past the input. */
export type Mode = 'full' | 'same' | 'same-lower' | 'valid'
/** The paddings by name that layers accept; `'causal'` puts all padding before the input. */
export type PaddingName = Mode | 'causal'

export const modes: readonly Mode[] = ['full', 'same', 'same-lower', 'valid']
export const paddingNames: readonly PaddingName[] = [...modes, 'causal']

/** Samples to add before and after an axis; negative numbers crop. */
export type Sides = readonly [before: number, after: number]

export interface PaddedAxis {
  readonly input: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
}

/** The effective kernel extent − 1: dilation·(kernel − 1) samples. */
export function kernelOverlap(axis: {
  readonly kernel: number
  readonly dilation: number
}): number {
  return axis.dilation * (axis.kernel - 1)
}

/** The extent of an axis after input dilation, which puts zeros between its samples. */
export function dilatedExtent(input: number, inputDilation: number): number {
  return input > 0 ? (input - 1) * inputDilation + 1 : 0
}

/** The samples that a named padding adds. Signals and layers differ in `'same'` only. */
export function padding(
  name: PaddingName,
  axis: PaddedAxis,
  convention: 'signal' | 'layer',
): Sides {
  const e = kernelOverlap(axis)
  switch (name) {
    case 'valid':
      return [0, 0]
    case 'full':
      return [e, e]
    case 'causal':
      return [e, 0]
    case 'same':
    case 'same-lower': {
      const total = convention === 'signal' ? e : stridedSameTotal(axis)
      const [smaller, larger] = [Math.floor(total / 2), Math.ceil(total / 2)]
      return name === 'same' ? [smaller, larger] : [larger, smaller]
    }
  }
}

/** The samples that ⌈n/s⌉ windows need in addition to the n samples of the input. */
function stridedSameTotal(axis: PaddedAxis): number {
  const output = Math.ceil(axis.input / axis.stride)
  return Math.max((output - 1) * axis.stride + kernelOverlap(axis) + 1 - axis.input, 0)
}

/**
 * The number of outputs: ⌊(dilated input + before + after − e − 1) / stride⌋ + 1, or 0 if the
 * window does not fit.
 */
export function outputExtent(
  axis: PaddedAxis & {
    readonly inputDilation?: number
    readonly before: number
    readonly after: number
  },
): number {
  const padded = dilatedExtent(axis.input, axis.inputDilation ?? 1) + axis.before + axis.after
  return Math.max(Math.floor((padded - kernelOverlap(axis) - 1) / axis.stride) + 1, 0)
}
