/**
 * What the names and expressions of the code stand for. Numbers, texts and lists have their values;
 * an array has none, only the changes between the array of the caller and its use.
 */

import type { Convolution } from './convolution.ts'
import type { ArrayValue, Binding, Source } from './tensor.ts'

export type { ArrayValue, Source } from './tensor.ts'

export interface ListValue {
  readonly kind: 'list'
  readonly items: readonly Value[]
}

/** The options of a call in JavaScript, or a dict. */
export interface DictValue {
  readonly kind: 'dict'
  readonly entries: ReadonlyMap<string, Value>
}

export interface SliceValue {
  readonly kind: 'slice'
  readonly start: Value | undefined
  readonly stop: Value | undefined
  readonly step: Value | undefined
}

/** A module, a function or a constant of the library. */
export interface PathValue {
  readonly kind: 'path'
  readonly path: string
}

/** Some extents of an array, as in `x.shape[:2]`. */
export interface ExtentsValue {
  readonly kind: 'extents'
  readonly array: ArrayValue
  readonly select: (shape: readonly number[]) => readonly number[]
}

/** An array of zeros into which another array is written. */
export interface ZerosValue {
  readonly kind: 'zeros'
  readonly shape: readonly Value[]
}

/** A list of whole numbers on which NumPy computes, such as `np.arange(-1, 5) % 4`. */
export interface VectorValue {
  readonly kind: 'vector'
  readonly values: readonly number[]
  /** The first number of the range from which it was computed. */
  readonly start: number
}

/** The result of a convolution. */
export interface ConvolutionValue {
  readonly kind: 'convolution'
  readonly input: Source
  readonly kernel: Source
  readonly build: (bind: Binding) => Convolution
}

/** A value without a meaning here, such as a dtype or a sum. It may be passed on. */
export interface OpaqueValue {
  readonly kind: 'opaque'
  readonly text: string
}

/** An object of one library, such as a module of PyTorch or a node of ONNX. */
export interface ObjectValue {
  readonly kind: 'object'
  readonly type: string
  readonly parts: Readonly<Record<string, unknown>>
}

export type Value =
  | number
  | string
  | boolean
  | null
  | { readonly kind: 'ellipsis' }
  | ArrayValue
  | ListValue
  | DictValue
  | SliceValue
  | PathValue
  | ExtentsValue
  | ZerosValue
  | VectorValue
  | ConvolutionValue
  | OpaqueValue
  | ObjectValue

export const kindOf = (value: Value): string =>
  value === null ? 'none' : typeof value === 'object' ? value.kind : typeof value

export const isKind = <Kind extends string>(
  value: Value | undefined,
  kind: Kind,
): value is Extract<Value, { readonly kind: Kind }> =>
  typeof value === 'object' && value !== null && value.kind === kind

export const listOf = (items: readonly Value[]): ListValue => ({ kind: 'list', items })

/** A value in a sentence. */
export function described(value: Value | undefined): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'string') return `'${value}'`
  if (typeof value !== 'object') return String(value)
  switch (value.kind) {
    case 'list':
      return `[${value.items.map(described).join(', ')}]`
    case 'array':
      return `'${value.source.name}'`
    case 'path':
      return `'${value.path}'`
    case 'opaque':
      return `'${value.text}'`
    case 'extents':
      return `the shape of '${value.array.source.name}'`
    case 'convolution':
      return 'the result of a convolution'
    case 'object':
      return `a ${value.type}`
    default:
      return `a ${value.kind}`
  }
}
