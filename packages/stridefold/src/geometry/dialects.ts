/**
 * How long is a result in other systems' words? Each dialect says how many places a kernel has at
 * stride 1; a stride s keeps every s-th.
 *
 * `window` below is dilation·(kernel − 1) + 1, the samples under a kernel. A dialect answers with
 * the count and its formula, or with the sentence why it refuses. Checked against the systems
 * themselves in the tests (NumPy, SciPy, PyTorch).
 */

import type { PaddedAxis, PaddingName, Sides } from './padding.ts'
import { padding as namedPadding, kernelOverlap } from './padding.ts'
import { formatValue } from './format-value.ts'

export type ShapePadding = number | Sides | PaddingName

export interface Places {
  readonly count: number
  readonly formula: string
}

export interface Dialect {
  /** The padding that stands where none is said. */
  readonly usual: ShapePadding
  /** The paddings it can say by a name. */
  readonly names: readonly PaddingName[]
  /**
   * How a total of samples is split, where paddings are numbers: undefined for one that cannot be
   * written.
   */
  readonly split: ((total: number) => ShapePadding | undefined) | undefined
  /** How many places there are, or why the question cannot be asked. */
  readonly places: (axis: PaddedAxis, padding: ShapePadding) => Places | string
}

const both = (total: number): number | undefined => (total % 2 === 0 ? total / 2 : undefined)
const upper = (total: number): Sides => [Math.floor(total / 2), Math.ceil(total / 2)]
const lower = (total: number): Sides => [Math.ceil(total / 2), Math.floor(total / 2)]

const paddedPlaces = (axis: PaddedAxis, [before, after]: Sides): Places => {
  const window = kernelOverlap(axis) + 1
  return {
    count: axis.input + before + after - window + 1,
    formula: `${axis.input} + ${before} + ${after} − ${window} + 1`,
  }
}

const sidesOf = (padding: number | Sides): Sides =>
  typeof padding === 'number' ? [padding, padding] : padding

/**
 * A system that pads, then lets the window travel; `name` gives the sides of its named paddings or
 * refuses.
 */
const padding =
  (name: (name: PaddingName, axis: PaddedAxis) => Sides | string): Dialect['places'] =>
  (axis, wanted) => {
    const sides = typeof wanted === 'string' ? name(wanted, axis) : sidesOf(wanted)
    return typeof sides === 'string' ? sides : paddedPlaces(axis, sides)
  }

/** A system that knows the three modes of signals only. */
const modes =
  (system: string, same: (n: number, window: number) => Places): Dialect['places'] =>
  (axis, mode) => {
    const [n, window] = [axis.input, kernelOverlap(axis) + 1]
    const [long, short] = [Math.max(n, window), Math.min(n, window)]
    if (mode === 'full') return { count: n + window - 1, formula: `${n} + ${window} − 1` }
    if (mode === 'same') return same(n, window)
    if (mode === 'valid') return { count: long - short + 1, formula: `${long} − ${short} + 1` }
    return `${system} pads by a mode, 'full', 'same' or 'valid', and not by ${formatValue(mode)}.`
  }

const onnx = (same: 'same' | 'same-lower', split: (total: number) => Sides): Dialect => ({
  usual: 'same',
  names: [],
  split,
  places: padding((name, axis) =>
    name === 'valid' || name === 'same'
      ? namedPadding(name === 'same' ? same : name, axis, 'layer')
      : `ONNX has no auto_pad for '${name}'.`,
  ),
})

export type DialectName =
  | 'pytorch'
  | 'tensorflow'
  | 'onnx-upper'
  | 'onnx-lower'
  | 'scipy'
  | 'numpy'
  | 'article2'

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  pytorch: {
    usual: 0,
    names: [],
    split: both,
    places: padding((name, axis) => {
      if (name !== 'same' && name !== 'valid') return `PyTorch has no padding '${name}'.`
      if (name === 'same' && axis.stride > 1)
        return "PyTorch refuses padding 'same' with a stride above 1: say the padding as a number."
      return namedPadding(name, axis, 'signal')
    }),
  },
  tensorflow: {
    usual: 'valid',
    names: ['valid', 'same'],
    split: undefined,
    places: (axis, wanted) => {
      if (axis.stride > 1 && axis.dilation > 1)
        return 'TensorFlow refuses a stride above 1 together with a dilation above 1.'
      return padding((name) =>
        name === 'valid' || name === 'same'
          ? namedPadding(name, axis, 'layer')
          : `TensorFlow has no padding '${name}'.`,
      )(axis, wanted)
    },
  },
  'onnx-upper': onnx('same', upper),
  'onnx-lower': onnx('same-lower', lower),
  scipy: {
    usual: 'full',
    names: ['full', 'same', 'valid'],
    split: undefined,
    places: modes('SciPy', (n) => ({ count: n, formula: `${n}` })),
  },
  numpy: {
    usual: 'full',
    names: ['full', 'same', 'valid'],
    split: undefined,
    places: modes('NumPy', (n, window) => ({
      count: Math.max(n, window),
      formula: `max(${n}, ${window})`,
    })),
  },
  article2: {
    usual: 'same',
    names: ['full', 'same', 'valid'],
    split: undefined,
    places: padding((name, axis) =>
      name === 'full' || name === 'same' || name === 'valid'
        ? namedPadding(name, axis, 'signal')
        : `The article has no mode '${name}'.`,
    ),
  },
}
