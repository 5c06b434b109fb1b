/**
 * A named kernel consists of a name, a sentence, a table of parameters, and a formula. This file
 * also contains the kinds of parameter that several kernels share.
 */

import {
  type Parameter,
  type ParameterTable,
  type ParameterValues,
  validateParameters,
} from '../geometry/parameters.ts'
import { countText } from '../ndarray/count-text.ts'
import { turn } from '../ndarray/elementary.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { arrayOf, type Weights } from './weights.ts'

/** A named kernel as data. */
export interface KernelDefinition {
  /** The name on the command line: `'sobel-x'`. */
  readonly name: string
  readonly summary: string
  readonly parameters: ParameterTable
  make(options: object): NdArray<'float32'>
}

interface Recipe<T extends ParameterTable> {
  readonly name: string
  readonly summary: string
  readonly parameters: T
  /** Returns the reason why these values cannot be combined. */
  invalidReason?(values: ParameterValues<T>): string | undefined
  /** The shape, if it depends on parameters. It is computed and checked before any weight. */
  shape?(values: ParameterValues<T>): readonly number[]
  weights(values: ParameterValues<T>, shape: readonly number[]): Weights
}

const maxWeights = 2 ** 22

export function defineKernel<T extends ParameterTable>(recipe: Recipe<T>): KernelDefinition {
  const { name, summary, parameters } = recipe
  const shapeOf = (values: ParameterValues<T>): readonly number[] => recipe.shape?.(values) ?? []
  const invalidReason = (values: ParameterValues<T>): string | undefined => {
    const reason = recipe.invalidReason?.(values)
    if (reason !== undefined || elementCount(shapeOf(values)) <= maxWeights) return reason
    return (
      `a kernel of ${shapeOf(values).join('×')} is larger than the maximum of ${maxWeights} ` +
      'weights. Choose smaller parameters.'
    )
  }
  return {
    name,
    summary,
    parameters,
    make(options) {
      const values = validateParameters(`kernel ${name}`, parameters, options, invalidReason)
      return arrayOf(recipe.weights(values, shapeOf(values)))
    },
  }
}

/** A kernel without parameters, written row by row. */
export function fixedKernel(
  name: string,
  summary: string,
  rows: readonly (readonly number[])[],
): KernelDefinition {
  return defineKernel({
    name,
    summary,
    parameters: {},
    weights: () => ({ shape: [rows.length, rows[0]!.length], values: rows.flat() }),
  })
}

const isNumber = (value: unknown): value is number => Number.isFinite(value)
const isPositive = (value: unknown): boolean => isNumber(value) && value > 0
const isExtent = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1

const perAxis =
  (accepts: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) ? value.length > 0 && value.every(accepts) : accepts(value)

export const finite = (fallback: number, summary: string): Parameter<number> => ({
  summary,
  default: fallback,
  needed: 'a finite number',
  accepts: isNumber,
})

export const atLeast = (min: number, fallback: number, summary: string): Parameter<number> => ({
  summary,
  default: fallback,
  needed: `a finite number ≥ ${min}`,
  accepts: (value) => isNumber(value) && value >= min,
})

export const above = (limit: number, fallback: number, summary: string): Parameter<number> => ({
  summary,
  default: fallback,
  needed: `a finite number > ${limit}`,
  accepts: (value) => isNumber(value) && value > limit,
})

export const angle = (fallback: number, summary: string): Parameter<number> => ({
  summary: `${summary}, in degrees: 0 is right, 90 up`,
  default: fallback,
  needed: 'a finite number of degrees',
  accepts: isNumber,
})

/** A positive number for all axes, or one per axis. */
export const positivePerAxis = (
  fallback: number,
  summary: string,
): Parameter<number | readonly number[]> => ({
  summary: `${summary}, or one per axis`,
  default: fallback,
  needed: 'a number > 0, or a list with one per axis,',
  accepts: perAxis(isPositive),
})

/** An extent for all axes, or one per axis. */
export const sizePerAxis = <D extends number | undefined>(
  fallback: D,
  usual?: string,
): Parameter<number | readonly number[] | D> => ({
  summary: 'extent in samples, or one per axis',
  default: fallback,
  ...(usual === undefined ? {} : { usual }),
  needed: 'a whole number ≥ 1, or a list with one per axis,',
  accepts: perAxis(isExtent),
})

/** The extent of a square kernel with a centre sample. */
export const oddSize = (usual: string): Parameter<number | undefined> => ({
  summary: 'extent in samples, rows and columns alike',
  default: undefined,
  usual,
  needed: 'an odd whole number ≥ 1',
  accepts: (value) => isExtent(value) && (value as number) % 2 === 1,
})

export const rankParameter: Parameter<number | undefined> = {
  summary: 'number of axes',
  default: undefined,
  usual: '2, or as long as a list',
  needed: 'a whole number from 1 to 16',
  accepts: (value) => isExtent(value) && (value as number) <= 16,
}

type PerAxisNumbers = number | readonly number[] | undefined

/** The number of axes that these parameters imply. */
export function rankOf(rank: number | undefined, ...lists: readonly PerAxisNumbers[]): number {
  return (
    rank ??
    lists
      .map((list) => (typeof list === 'object' ? list.length : undefined))
      .find((length) => length !== undefined) ??
    2
  )
}

/** The reason why the lists and the rank do not match. */
export function rankConflict(
  rank: number,
  named: Readonly<Record<string, PerAxisNumbers>>,
): string | undefined {
  const [mismatch] = Object.entries(named).filter(
    ([, list]) => typeof list === 'object' && list.length !== rank,
  )
  if (mismatch === undefined) return undefined
  const [name, list] = mismatch
  return (
    `${name} has ${countText((list as readonly number[]).length, 'entry', 'entries')} for a ` +
    `kernel of ${countText(rank, 'axis', 'axes')}. ` +
    'Give one number, or one per axis.'
  )
}

/** One number per axis. */
export function perAxisNumbers(value: number | readonly number[], rank: number): readonly number[] {
  return typeof value === 'number' ? new Array<number>(rank).fill(value) : value
}

/** The odd extent that covers `distance` samples, rounded, on either side of the centre. */
export function oddExtentForRadius(distance: number): number {
  return 2 * Math.round(distance) + 1
}

const diagonal = Math.SQRT1_2
const eightDirections: readonly (readonly [row: number, column: number])[] = [
  [0, 1],
  [-diagonal, diagonal],
  [-1, 0],
  [-diagonal, -diagonal],
  [0, -1],
  [diagonal, -diagonal],
  [1, 0],
  [diagonal, diagonal],
]

/**
 * The vector of length 1 in a direction, as rows (downwards) and columns. Exact in the eight
 * directions of a grid.
 */
export function direction(degrees: number): readonly [row: number, column: number] {
  const degreesInCircle = ((degrees % 360) + 360) % 360
  const { sine, cosine } = turn(degreesInCircle, 360)
  return eightDirections[degreesInCircle / 45] ?? [-sine, cosine]
}
