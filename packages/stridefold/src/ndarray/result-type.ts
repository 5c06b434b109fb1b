/**
 * Which dtype has the result of a call? These types follow the rule that the calls follow: float64
 * if an operand is float64 or int32, else float32. Where the type of an operand does not tell its
 * dtype, the result has every dtype that is possible.
 */

import type { DType, TypedArrays } from './dtype.ts'

/**
 * The dtype of an array, as its type tells it: that of an `NdArray`, of a typed array, or of an
 * array of another library. Nested numbers are stored as float32. Every dtype where the type does
 * not tell it.
 */
export type DTypeOf<A> = A extends { readonly data: infer Data }
  ? DTypeOfData<Data>
  : DTypeOfData<A>

/** Nested numbers are the only lists among the arrays; the typed arrays are no lists. */
type DTypeOfData<Data> = Data extends TypedArrays[DType]
  ? { [D in DType]: Data extends TypedArrays[D] ? D : never }[DType]
  : Data extends number | readonly unknown[]
    ? 'float32'
    : DType

/** The dtype in which operands of the types `A` and `B` are summed; `B` may be left out. */
export type SumDType<A, B = number> = Promoted<DTypeOf<A>, DTypeOf<B>>

/** The dtype in which arrays of these dtypes are summed. */
export type Promoted<A extends DType, B extends DType> = Float64First<ComputedIn<A>, ComputedIn<B>>

type ComputedIn<D extends DType> = D extends 'float64' | 'int32' ? 'float64' : 'float32'

type Float64First<A extends DType, B extends DType> = A extends 'float64' ? 'float64' : B

/** The dtype of a result: that of `out` if its type tells it, else `D`. */
export type ResultDType<D extends DType, Out> = DType extends DTypeOf<Out> ? D : DTypeOf<Out>
