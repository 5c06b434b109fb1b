/**
 * How much is added before and after an axis, and how many outputs there are? Small pure functions
 * of one axis.
 *
 *   before   input   after         overhang e = dilation·(kernel − 1): samples by which a window sticks out beyond its first.
 *   ──────┬────────┬───────        Along a padded axis of N samples it stands at ⌊(N − e − 1) / stride⌋ + 1 places.
 *
 * `'same'` has two meanings at strides above 1: signals keep the centring of stride 1 and pick
 * every s-th sample; layers (TensorFlow, ONNX) pad no more than ⌈n/s⌉ outputs need.
 */

/**
 * Where the kernel may travel: signals take these, layers `'causal'` (all padding before) as well.
 */
export type Mode = 'full' | 'same' | 'same-lower' | 'valid'
export type PaddingName = Mode | 'causal'

export const modes: readonly Mode[] = ['full', 'same', 'same-lower', 'valid']
export const paddingNames: readonly PaddingName[] = [...modes, 'causal']

/** Samples added on either side; negative crops. */
export type Sides = readonly [before: number, after: number]

export interface PaddedAxis {
  readonly input: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
}

/** Samples by which a window sticks out beyond its first: dilation·(kernel − 1). */
export function kernelOverlap(axis: {
  readonly kernel: number
  readonly dilation: number
}): number {
  return axis.dilation * (axis.kernel - 1)
}

/** Extent of an axis after zeros are put between its samples. */
export function dilatedExtent(input: number, inputDilation: number): number {
  return input > 0 ? (input - 1) * inputDilation + 1 : 0
}

/**
 * The padding a name stands for, both sides: in the words of signals (api §3) or of layers (api
 * §4), which differ in `same` only.
 */
export function padding(name: PaddingName, axis: PaddedAxis, words: 'signal' | 'layer'): Sides {
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
      const total = words === 'signal' ? e : stridedSameTotal(axis)
      const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)]
      return name === 'same' ? [less, more] : [more, less]
    }
  }
}

/** What ⌈n/s⌉ windows need beyond the n samples there are. */
function stridedSameTotal(axis: PaddedAxis): number {
  const output = Math.ceil(axis.input / axis.stride)
  return Math.max((output - 1) * axis.stride + kernelOverlap(axis) + 1 - axis.input, 0)
}

/**
 * How often the window fits: ⌊(dilated input + before + after − e − 1) / stride⌋ + 1, and 0 where
 * it does not.
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
