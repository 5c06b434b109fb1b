/**
 * What a reader of one library consists of: names of modules, functions, methods and constants.
 */

import type { SystemName } from '../names.ts'
import { type Arguments, arrayOf } from './arguments.ts'
import { type Convolution, type ConvolutionSpec, makeConvolution } from './convolution.ts'
import type { Binding, Tensor } from './tensor.ts'
import { tensorOf } from './tensor.ts'
import type { Dialect } from './tokens.ts'
import type { ArrayValue, ConvolutionValue, Value } from './values.ts'

/** A function that is read: its parameters in order, and what it gives. */
export interface Reader {
  readonly signature: string
  readonly read: (args: Arguments) => Value
}

export const reader = (signature: string, read: (args: Arguments) => Value): Reader => ({
  signature,
  read,
})

/** A function that returns its first argument unchanged, such as a conversion of the type. */
export const unchanged = (signature: string): Reader => {
  const [first = ''] = signature.split(', ')
  return reader(signature, (args) => args.values.get(first) ?? null)
}

export interface Library {
  readonly name: SystemName
  readonly title: string
  readonly dialect: Dialect
  /** The usual short names of modules, used without an import: `np` is `numpy`. */
  readonly aliases: Readonly<Record<string, string>>
  readonly functions: Readonly<Record<string, Reader>>
  /** The first parameter is the object. */
  readonly methods: Readonly<Record<string, Reader>>
  /** Constants, such as `cv2.BORDER_REFLECT`. */
  readonly constants?: (path: string) => Value | undefined
  /** Turns the last value into a convolution, such as a module that is not called. */
  readonly finish?: (value: Value) => Value | undefined
}

/** The options of a call, for the arrays that it gets. `weights` replaces the kernel. */
export type SpecOf = (
  input: Tensor,
  kernel: Tensor,
) => Omit<ConvolutionSpec, 'call'> & { readonly weights?: Tensor }

/** A convolution of the arrays `input` and `kernel` of the call. */
export function convolutionOf(
  args: Arguments,
  [input, kernel]: readonly [input: string, kernel: string],
  spec: SpecOf,
): ConvolutionValue {
  return convolve(args.call, arrayOf(args, input), arrayOf(args, kernel), spec)
}

export function convolve(
  call: string,
  input: ArrayValue,
  kernel: ArrayValue,
  specOf: SpecOf,
): ConvolutionValue {
  return {
    kind: 'convolution',
    input: input.source,
    kernel: kernel.source,
    build: (bind: Binding): Convolution => {
      const [x, k] = [tensorOf(input, bind), tensorOf(kernel, bind)]
      const { weights = k, ...spec } = specOf(x, k)
      return makeConvolution(x, weights, { call, ...spec })
    },
  }
}
