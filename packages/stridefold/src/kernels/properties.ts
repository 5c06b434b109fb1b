/** Which properties do the values of a kernel have on which the choice of an algorithm depends? */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { KernelProperties, LatticeProperties, LowRankFactors } from '../geometry/operands.ts'
import { absoluteSums } from '../ndarray/absolute-sums.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { largestComponentSum } from './component-sum.ts'
import { lowRankFactors } from './separable.ts'

/**
 * Returns the properties of a kernel in canonical order, [filters, channels, ...axes].
 * `withLattice`: whether exactness matters. Returns undefined if no algorithm would use them.
 */
export function kernelProperties(
  g: ConvGeometry,
  kernel: NdArray,
  withLattice: boolean,
): KernelProperties | undefined {
  const separable = factorsOf(g, kernel)
  const lattice = withLattice ? latticeProperties(g, kernel) : undefined
  if (separable === undefined && lattice === undefined) return undefined
  return { ...(separable && { separable }), ...(lattice && { lattice }) }
}

function latticeProperties(g: ConvGeometry, kernel: NdArray): LatticeProperties {
  return {
    exponent: dyadicExponent(contiguousCopy(kernel).data),
    absoluteSum: absoluteSums(kernel).reduce((a, b) => Math.max(a, b), 0),
    componentSum: largestComponentSum(g, kernel),
  }
}

function factorsOf(g: ConvGeometry, kernel: NdArray): LowRankFactors | undefined {
  if (g.filters !== 1 || g.channels !== 1 || g.axes.length < 2) return undefined
  return lowRankFactors(
    { ...kernel, shape: kernel.shape.slice(2), strides: kernel.strides.slice(2) },
    g.dtype,
  )
}
