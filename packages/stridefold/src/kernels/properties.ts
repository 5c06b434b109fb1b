/** Which properties do the values of a kernel have on which the choice of an algorithm depends? */

import { latticeProperties } from '../geometry/exact-sums.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { KernelProperties, LowRankFactors } from '../geometry/operands.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { finish, type Steps } from '../ndarray/steps.ts'
import { lowRankFactorsInSteps } from './separable.ts'

/**
 * Returns the properties of a kernel in canonical order, [filters, channels, ...axes].
 * `withLattice`: whether exactness matters. Returns undefined if no algorithm would use them.
 */
export const kernelProperties = (
  g: ConvGeometry,
  kernel: NdArray,
  withLattice: boolean,
): KernelProperties | undefined => finish(kernelPropertiesInSteps(g, kernel, withLattice))

/** The same, in steps. */
export function* kernelPropertiesInSteps(
  g: ConvGeometry,
  kernel: NdArray,
  withLattice: boolean,
): Steps<KernelProperties | undefined> {
  const separable = yield* factorsOf(g, kernel)
  const lattice = withLattice ? latticeProperties(g, kernel) : undefined
  if (separable === undefined && lattice === undefined) return undefined
  return { ...(separable && { separable }), ...(lattice && { lattice }) }
}

function* factorsOf(g: ConvGeometry, kernel: NdArray): Steps<LowRankFactors | undefined> {
  if (g.filters !== 1 || g.channels !== 1 || g.axes.length < 2) return undefined
  return yield* lowRankFactorsInSteps(
    { ...kernel, shape: kernel.shape.slice(2), strides: kernel.strides.slice(2) },
    g.dtype,
  )
}
