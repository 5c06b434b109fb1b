/** Which properties do the values of a kernel have on which the choice of an algorithm depends? */

import { latticeProperties } from '../geometry/exact-sums.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { KernelProperties, LowRankFactors } from '../geometry/operands.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { lowRankFactorsWork } from './separable.ts'

/**
 * Returns the properties of a kernel in canonical order, [filters, channels, ...axes].
 * `withLattice`: whether exactness matters. `factors`: the separable terms, if they are known.
 * Returns undefined if no algorithm would use them.
 */
export function kernelProperties(
  g: ConvGeometry,
  kernel: NdArray,
  withLattice: boolean,
  factors?: LowRankFactors,
): KernelProperties | undefined {
  return finish(kernelPropertiesWork(g, kernel, withLattice, factors))
}

/** The work of `kernelProperties`. */
export function* kernelPropertiesWork(
  g: ConvGeometry,
  kernel: NdArray,
  withLattice: boolean,
  factors?: LowRankFactors,
): Work<KernelProperties | undefined> {
  const separable = factors ?? (yield* factorsOf(g, kernel))
  const lattice = withLattice ? latticeProperties(g, kernel) : undefined
  if (separable === undefined && lattice === undefined) return undefined
  return { ...(separable && { separable }), ...(lattice && { lattice }) }
}

function* factorsOf(g: ConvGeometry, kernel: NdArray): Work<LowRankFactors | undefined> {
  if (g.filters !== 1 || g.channels !== 1 || g.axes.length < 2) return undefined
  return yield* lowRankFactorsWork(
    { ...kernel, shape: kernel.shape.slice(2), strides: kernel.strides.slice(2) },
    g.dtype,
  )
}
