/**
 * Applies a kernel that is a product of one-dimensional kernels axis by axis: k + k products per
 * sample instead of k².
 *
 *   k[ty, tx] = Σ_r u_r[ty] · v_r[tx]      y = Σ_r  (x ∗ u_r along y) ∗ v_r along x
 *
 * Whether a kernel is a sum of a few such products is a property of its values. The module kernels/
 * computes it (SVD); without it this algorithm does not support the problem. A block of lines goes
 * through the passes over the first axes together, so that intermediate results stay in the cache.
 */

import { isConstant } from '../geometry/boundary.ts'
import { sampleGrid } from '../geometry/exact-sums.ts'
import { type ConvGeometry, leavesInput } from '../geometry/geometry.ts'
import type { LowRankFactors, OperandDescriptors } from '../geometry/operands.ts'
import { epsilon } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import { maxSafeMagnitude } from '../ndarray/finite.ts'
import { indicesOf } from '../ndarray/indices.ts'
import { wholeNumbers } from '../ndarray/whole-numbers.ts'
import { finish, type Work } from '../ndarray/work.ts'
import type { Program } from '../program/program.ts'
import type { Algorithm, Lowering } from './algorithm.ts'
import { addCopy, regions, unsupportedCopies } from './borders.ts'
import { type ComponentContext, programByComponentsWork } from './context.ts'
import { plainCuts } from './cuts.ts'
import { integerFactors } from './integers.ts'
import { unsupportedBorder } from './non-finite.ts'
import { polyphaseComponents } from './polyphase.ts'
import { addTerms } from './separable/passes.ts'

export const separable: Algorithm = {
  name: 'separable',
  summary:
    'runs one-dimensional passes if the kernel is a product, or a short sum of products, of ' +
    'one-dimensional kernels',
  readsValues: true,
  // A single term sends every value only where the kernel does. Several terms cancel, and ∞ − ∞ is
  // NaN.
  spreadsNonFinite: (descriptors) => (descriptors.values?.separable?.terms.length ?? 0) > 1,
  unsupportedReason(g, descriptors) {
    if (descriptors.inPlace === true) return 'its intermediate results take memory'
    if (g.axes.length < 2) return 'a kernel of one axis has nothing to separate'
    if (g.channels !== 1 || g.filters !== 1)
      return 'it separates only single kernels, not weights with several channels or filters'
    const separation = descriptors.values?.separable
    if (separation === undefined)
      return "it needs the kernel's values (pass options.kernel to plan)"
    if (separation.terms.length === 0)
      return 'the kernel is not a sum of a few products of one-dimensional kernels'
    const { terms } = separation
    const extents = g.axes.map((axis) => axis.kernel).filter((extent) => extent > 1)
    const fullRank = Math.min(...extents)
    if (2 * terms.length > fullRank + 1)
      return (
        `the kernel is a sum of at least ${terms.length} products of one-dimensional kernels, ` +
        `and ${fullRank} are enough for any kernel`
      )
    if (separation.residual > residualBound(g))
      return (
        `its separable terms differ from the kernel by ${separation.residual.toExponential(1)} ` +
        'of Σ|k|, more than rounding'
      )
    return (terms.length > 1 ? unsupportedTerms(g, terms) : undefined) ?? unsupportedCopies(g)
  },
  isExact: (g, descriptors) => hasExactPasses(g, descriptors),
  sumsIntegers: (g, descriptors) => integerFactors(g, descriptors) !== undefined,
  errorBoundFactor(g, descriptors, of = polyphaseComponents(g)) {
    const separation = descriptors.values?.separable
    if (separation === undefined) return Infinity
    const passes = Math.max(
      0,
      ...of.map((component) => component.reduce((n, axis) => n + axis.taps, 0)),
    )
    const weights = Math.max(
      0,
      ...of.map((component) => component.reduce((n, axis) => n * axis.taps, 1)),
    )
    // Each term is bounded by its own Σ|u|·Σ|v|, which may exceed Σ|k|. The terms are added once
    // each. Every weight may differ from the kernel by the residual.
    return (
      amplification(separation.terms) * (passes + separation.terms.length + 2) +
      (weights * separation.residual) / epsilon[g.dtype]
    )
  },
  // One sample that is repeated is copied once, so the passes of a box have other positions.
  cuts: (g) =>
    g.axes.some((axis, a) => axis.input === 1 && leavesInput(axis) && !isConstant(g.boundary[a]!))
      ? 'a border repeats the only sample of an axis'
      : plainCuts(g),
  program: (g, descriptors, lowering) => finish(programOfTerms(g, descriptors, lowering)),
  programWork: programOfTerms,
}

function programOfTerms(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  lowering?: Lowering,
): Work<Program> {
  const whole = integerFactors(g, descriptors)
  const terms = whole === undefined ? descriptors.values!.separable!.terms : [whole.factors]
  function* addStages(context: ComponentContext): Work<void> {
    for (const region of regions(context)) {
      addCopy(context.builder, region)
      yield* addTerms(context, region, terms)
    }
  }
  return programByComponentsWork(g, descriptors, lowering, addStages, whole)
}

/**
 * The reason why several terms are not supported. Terms cancel, so non-finite values would spread,
 * and a term may overflow although the sum does not.
 */
function unsupportedTerms(g: ConvGeometry, terms: LowRankFactors['terms']): string | undefined {
  return magnitudeOf(terms) * maxSafeMagnitude < maxFloat
    ? unsupportedBorder(g)
    : 'its terms are so large that intermediate sums may overflow'
}

const maxFloat = 2 ** 127

const residualBound = (g: ConvGeometry): number => 8 * epsilon[g.dtype]

/**
 * True if there is one term, its factors are binary fractions, and all intermediate results are
 * exact: multiples of the product of the units of the factors.
 */
function hasExactPasses(g: ConvGeometry, { input, values }: OperandDescriptors): boolean {
  const terms = values?.separable?.terms ?? []
  if (terms.length !== 1 || values!.separable!.residual !== 0) return false
  const samples = sampleGrid(g, input.dtype)
  if (samples === undefined) return false
  let units = samples.largest * 2 ** samples.exponent
  return terms[0]!.every((factor) => {
    const exponent = dyadicExponent(factor)
    units *= factor.reduce((sum, weight) => sum + Math.abs(weight), 0) * 2 ** (exponent ?? Infinity)
    return units < wholeNumbers[g.dtype]
  })
}

/** Σ_r Π_axis Σ|factor|. */
const magnitudeOf = (terms: LowRankFactors['terms']): number =>
  terms.reduce(
    (sum, factors) => sum + factors.reduce((p, f) => p * f.reduce((n, v) => n + Math.abs(v), 0), 1),
    0,
  )

/**
 * Σ_r Π_axis Σ|factor| / Σ|Σ_r ⊗ factors|: by which factor the terms are larger than the kernel.
 */
function amplification(terms: LowRankFactors['terms']): number {
  const shape = terms[0]!.map((factor) => factor.length)
  let kernel = 0
  for (const index of indicesOf(shape))
    kernel += Math.abs(
      terms.reduce((sum, factors) => sum + factors.reduce((p, f, a) => p * f[index[a]!]!, 1), 0),
    )
  return kernel === 0 ? 1 : magnitudeOf(terms) / kernel
}
