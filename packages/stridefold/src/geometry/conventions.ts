/**
 * How long is a result in other systems? Each system has its own convention for padding.
 *
 * A convention returns the number of kernel positions at stride 1, and its formula. A stride s then
 * keeps every s-th position. If the system does not support the question, the convention returns
 * the reason. `window` is dilation·(kernel − 1) + 1, the samples under a kernel. The tests compare
 * the conventions with NumPy, SciPy and PyTorch.
 */

import { formatValue } from './format-value.ts'
import type { PaddedAxis, PaddingName, Sides } from './padding.ts'
import { kernelOverlap, padding as namedPadding } from './padding.ts'

export type ShapePadding = number | Sides | PaddingName

export interface Positions {
  readonly count: number
  readonly formula: string
}

export interface Convention {
  /** The padding that applies if the caller gives none. */
  readonly defaultPadding: ShapePadding
  /** The paddings that have a name in this system. */
  readonly names: readonly PaddingName[]
  /**
   * Splits a total of samples into both sides, if paddings are numbers in this system. Returns
   * undefined for a total that the system cannot express.
   */
  readonly split: ((total: number) => ShapePadding | undefined) | undefined
  /** The number of kernel positions at stride 1, or the reason why the system has none. */
  readonly positions: (axis: PaddedAxis, padding: ShapePadding) => Positions | string
}

const equalSides = (total: number): number | undefined => (total % 2 === 0 ? total / 2 : undefined)
const upper = (total: number): Sides => [Math.floor(total / 2), Math.ceil(total / 2)]
const lower = (total: number): Sides => [Math.ceil(total / 2), Math.floor(total / 2)]

const paddedPositions = (axis: PaddedAxis, [before, after]: Sides): Positions => {
  const window = kernelOverlap(axis) + 1
  return {
    count: axis.input + before + after - window + 1,
    formula: `${axis.input} + ${before} + ${after} − ${window} + 1`,
  }
}

const sidesOf = (padding: number | Sides): Sides =>
  typeof padding === 'number' ? [padding, padding] : padding

/**
 * A system that pads the input first. `paddingOfName` returns the sides of a named padding, or the
 * reason why the system does not support it.
 */
const padThenMove =
  (
    paddingOfName: (name: PaddingName, axis: PaddedAxis) => Sides | string,
  ): Convention['positions'] =>
  (axis, padding) => {
    const sides = typeof padding === 'string' ? paddingOfName(padding, axis) : sidesOf(padding)
    return typeof sides === 'string' ? sides : paddedPositions(axis, sides)
  }

/** A system that supports only the three modes of signals. */
const signalModes =
  (system: string, same: (n: number, window: number) => Positions): Convention['positions'] =>
  (axis, mode) => {
    const [n, window] = [axis.input, kernelOverlap(axis) + 1]
    const [longer, shorter] = [Math.max(n, window), Math.min(n, window)]
    if (mode === 'full') return { count: n + window - 1, formula: `${n} + ${window} − 1` }
    if (mode === 'same') return same(n, window)
    if (mode === 'valid')
      return { count: longer - shorter + 1, formula: `${longer} − ${shorter} + 1` }
    return (
      `${system} needs a mode ('full', 'same' or 'valid') instead of padding ` +
      `${formatValue(mode)}.`
    )
  }

const onnx = (same: 'same' | 'same-lower', split: (total: number) => Sides): Convention => ({
  defaultPadding: 'same',
  names: [],
  split,
  positions: padThenMove((name, axis) =>
    name === 'valid' || name === 'same'
      ? namedPadding(name === 'same' ? same : name, axis, 'layer')
      : `ONNX has no auto_pad for '${name}'.`,
  ),
})

export type ConventionName =
  | 'pytorch'
  | 'tensorflow'
  | 'onnx-upper'
  | 'onnx-lower'
  | 'scipy'
  | 'numpy'
  | 'article2'

export const conventions: Readonly<Record<ConventionName, Convention>> = {
  pytorch: {
    defaultPadding: 0,
    names: [],
    split: equalSides,
    positions: padThenMove((name, axis) => {
      if (name !== 'same' && name !== 'valid') return `PyTorch has no padding '${name}'.`
      if (name === 'same' && axis.stride > 1)
        return (
          "PyTorch does not support padding 'same' with a stride above 1: give the padding as a " +
          'number.'
        )
      return namedPadding(name, axis, 'signal')
    }),
  },
  tensorflow: {
    defaultPadding: 'valid',
    names: ['valid', 'same'],
    split: undefined,
    positions: (axis, padding) => {
      if (axis.stride > 1 && axis.dilation > 1)
        return 'TensorFlow does not support a stride above 1 together with a dilation above 1.'
      return padThenMove((name) =>
        name === 'valid' || name === 'same'
          ? namedPadding(name, axis, 'layer')
          : `TensorFlow has no padding '${name}'.`,
      )(axis, padding)
    },
  },
  'onnx-upper': onnx('same', upper),
  'onnx-lower': onnx('same-lower', lower),
  scipy: {
    defaultPadding: 'full',
    names: ['full', 'same', 'valid'],
    split: undefined,
    positions: signalModes('SciPy', (n) => ({ count: n, formula: `${n}` })),
  },
  numpy: {
    defaultPadding: 'full',
    names: ['full', 'same', 'valid'],
    split: undefined,
    positions: signalModes('NumPy', (n, window) => ({
      count: Math.max(n, window),
      formula: `max(${n}, ${window})`,
    })),
  },
  article2: {
    defaultPadding: 'same',
    names: ['full', 'same', 'valid'],
    split: undefined,
    positions: padThenMove((name, axis) =>
      name === 'full' || name === 'same' || name === 'valid'
        ? namedPadding(name, axis, 'signal')
        : `The article has no mode '${name}'.`,
    ),
  },
}
