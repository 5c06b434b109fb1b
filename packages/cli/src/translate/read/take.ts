/**
 * `np.take` with an index for every coordinate, which is how NumPy code writes a border that
 * repeats samples more than once.
 */

import type { Boundary } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import { type Arguments, arrayOf, given, integerOf } from './arguments.ts'
import { axisIndex, pad, withStep } from './tensor.ts'
import { described, isKind, type Value, type VectorValue } from './values.ts'
import { notRead } from './wording.ts'

/** `np.take` with an index for every coordinate: a border, written as an index. */
export function taken(args: Arguments): Value {
  const indices = given(args, 'indices')
  const axis = integerOf(args, 'axis')
  if (!isKind(indices, 'vector'))
    throw notRead(`${args.call}: indices are ${described(indices)}`, 'Use np.pad.')
  return withStep(arrayOf(args, 'a'), (tensor, bind) => {
    const place = axisIndex(axis, tensor.axes.length, args.call)
    const extent = tensor.axes[place]!.extent
    const found = borderOfIndices(indices, extent)
    if (found === undefined)
      throw notRead(`${args.call} takes samples in an order that is no border`, 'Use np.pad.')
    const pads = tensor.axes.map((_, a): Pair => (a === place ? found.sides : [0, 0]))
    return pad(args.call, pads, found.border)(tensor, bind)
  })
}

const periods: readonly (readonly [Boundary, (i: number, n: number) => number])[] = [
  ['edge', (i, n) => Math.min(Math.max(i, 0), n - 1)],
  ['wrap', (i, n) => modulo(i, n)],
  ['symmetric', (i, n) => Math.min(modulo(i, 2 * n), 2 * n - 1 - modulo(i, 2 * n))],
  [
    'reflect',
    (i, n) => {
      const period = Math.max(2 * n - 2, 1)
      return n === 1 ? 0 : Math.min(modulo(i, period), period - modulo(i, period))
    },
  ],
]

const modulo = (a: number, b: number): number => a - b * Math.floor(a / b)

/** The border that gives these indices, around the samples 0 … n − 1 themselves. */
function borderOfIndices(
  { values, start }: VectorValue,
  extent: number,
): { readonly border: Boundary; readonly sides: Pair } | undefined {
  const [before, after] = [-start, values.length - extent + start]
  const found = periods.find(([, indexAt]) =>
    values.every((index, i) => index === indexAt(i - before, extent)),
  )
  return found && before >= 0 && after >= 0
    ? { border: found[0], sides: [before, after] }
    : undefined
}
