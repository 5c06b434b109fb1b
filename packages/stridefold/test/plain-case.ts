/** A problem in case notation with dense arrays of fractions, channels first. */

import { parseCase } from 'stridefold/sync'
import { type ComputeDType, type DType, dtypes } from '../src/ndarray/dtype.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { layoutOf } from '../src/problem/operands.ts'
import { type RandomCase, random } from './random-geometry.ts'

/** Types other than float32. */
export interface CaseTypes {
  readonly input?: DType
  readonly output?: DType
  readonly dtype?: ComputeDType
}

export function plainCase(text: string, seed: number, types: CaseTypes = {}): RandomCase {
  const { dtype = 'float32', input: inputType = dtype, output: outputType = dtype } = types
  const geometry = { ...parseCase(text), dtype }
  const next = random(seed)
  const filled = (shape: readonly number[], type: DType): NdArray => {
    const array = view(dtypes[type].create(elementCount(shape)), shape, { writable: true })
    const value = dtypes[type].integer ? () => next(250) : () => next(2001) / 700 - 1.4
    for (let i = 0; i < array.data.length; i++) array.data[i] = value()
    return array
  }
  const { batch, channels, filters, groups, axes } = geometry
  const input = filled([batch, channels, ...axes.map((axis) => axis.input)], inputType)
  const kernel = filled([filters, channels / groups, ...axes.map((axis) => axis.kernel)], dtype)
  const output = (): NdArray => {
    const shape = [batch, filters, ...axes.map((axis) => axis.output)]
    return view(dtypes[outputType].create(elementCount(shape)), shape, { writable: true })
  }
  const descriptors = {
    ...{ input: layoutOf(input), kernel: layoutOf(kernel), output: layoutOf(output()) },
    ...{ bias: false, offset: 0 },
  }
  return { geometry, input, kernel, bias: undefined, output, descriptors }
}
