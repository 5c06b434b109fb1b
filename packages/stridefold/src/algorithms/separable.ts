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

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { LowRankFactors, OperandDescriptors } from '../geometry/operands.ts'
import { epsilon } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import { maxSafeMagnitude } from '../ndarray/finite.ts'
import type { Contraction, Loop } from '../program/steps.ts'
import type { Algorithm } from './algorithm.ts'
import { type Region, regions, unsupportedCopies } from './borders.ts'
import { axisName, type BufferView, loop, ProgramBuilder } from './builder.ts'
import { type ComponentLoops, componentLoops } from './components.ts'
import { largestOf, wholeNumbers } from './lattice.ts'
import { unsupportedBorder } from './non-finite.ts'
import { type PolyphaseComponent, polyphaseComponents } from './polyphase.ts'
import { addUnread } from './unread.ts'

/** The number of elements of one intermediate result that stay in the L2 cache. */
const blockElements = 2 ** 16

export const separable: Algorithm = {
  name: 'separable',
  summary:
    'runs one-dimensional passes if the kernel is a product, or a short sum of products, of ' +
    'one-dimensional kernels',
  dependsOnKernelValues: true,
  supportsStrips: true,
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
    const fullRank = Math.min(...g.axes.map((axis) => axis.kernel))
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
  program(g, descriptors) {
    const builder = new ProgramBuilder(g, descriptors)
    const target = builder.target()
    addUnread(builder, g, target)
    for (const component of polyphaseComponents(g)) {
      for (const region of regions(g, descriptors, component, builder)) {
        if (region.gather.length > 0) builder.stage(`gather ${region.name}`, [], region.gather)
        descriptors.values!.separable!.terms.forEach((factors, term) => {
          addPasses(
            builder,
            g,
            component,
            region,
            target,
            factors.map((f, a) => passesOf(builder, g, component, region, f, a)),
            term,
            descriptors,
          )
        })
      }
    }
    builder.finish(target)
    return builder.build()
  },
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
  let units = largestOf(input.dtype)
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
  const count = shape.reduce((n, e) => n * e, 1)
  let kernel = 0
  for (let i = 0; i < count; i++) {
    let remaining = i
    const index = shape.toReversed().map((e) => {
      const digit = remaining % e
      remaining = Math.floor(remaining / e)
      return digit
    })
    index.reverse()
    kernel += Math.abs(
      terms.reduce((sum, factors) => sum + factors.reduce((p, f, a) => p * f[index[a]!]!, 1), 0),
    )
  }
  return kernel === 0 ? 1 : magnitudeOf(terms) / kernel
}

/**
 * One pass along an axis. Neighbouring taps are `spacing` positions apart. The weights of
 * sibling components are `next` elements apart.
 */
interface Pass {
  readonly buffer: string
  readonly next: number
  readonly taps: number
  readonly spacing: number
}

/**
 * Returns the passes of one factor for the taps of one polyphase component, in the order of
 * execution. One pass, or several for a box.
 */
function passesOf(
  builder: ProgramBuilder,
  g: ConvGeometry,
  component: PolyphaseComponent,
  region: Region,
  factor: readonly number[],
  a: number,
): Pass[] {
  const { taps, kernelStart, kernelStep, kernelNext, siblings } = component[a]!
  const weightsInOrder = g.flip ? factor.toReversed() : factor
  const values = Array.from(
    { length: siblings * taps },
    (_, i) =>
      weightsInOrder[kernelStart + Math.floor(i / taps) * kernelNext + (i % taps) * kernelStep]!,
  )
  const pass = (weights: readonly number[], length: number, spacing: number): Pass => ({
    buffer: builder.kernelConstant('factor', weights),
    ...{ next: weights.length === length ? 0 : length, taps: length, spacing },
  })
  const lengths =
    region.axes[a]!.stride === 1 && values.every((v) => v === values[0]) ? boxPasses(taps) : [taps]
  if (lengths.length === 1) return [pass(values, taps, 1)]
  // Weights that make values smaller come first, weights that make them larger come last. So
  // intermediate sums overflow no earlier than the result.
  const weighted = Math.abs(values[0]!) <= 1 ? 0 : lengths.length - 1
  let spacing = 1
  return lengths.map((length, i) => {
    const boxPass = pass(
      new Array<number>(length).fill(i === weighted ? values[0]! : 1),
      length,
      spacing,
    )
    spacing *= length
    return boxPass
  })
}

/**
 * Splits a box, a factor with equal weights, into few passes. A box of p·q taps is a box of p taps,
 * then one of q taps that are p apart. A box of 2ᵏ taps is k boxes of two, combined two or three at
 * a time. Every pass has a fixed cost besides its taps: it reads and writes memory once.
 */
function boxPasses(taps: number): number[] {
  if (taps < minBoxTaps) return [taps]
  let best = { passes: [taps], cost: taps + passCost }
  for (let p = 2; p * p <= taps; p++) {
    for (const first of taps % p === 0 ? [p, taps / p] : []) {
      const otherPasses = boxPasses(taps / first)
      const cost = first + otherPasses.reduce((sum, n) => sum + n + passCost, passCost)
      if (cost < best.cost) best = { passes: [first, ...otherPasses], cost }
    }
  }
  return best.passes
}

/** The fixed cost of a pass, in taps. Boxes with fewer than `minBoxTaps` taps take one pass. */
const [passCost, minBoxTaps] = [4, 9]

/**
 * Adds the passes of one term: over axis 0, 1, …, for blocks of lines along axis 0. The last pass
 * writes to the target.
 */
function addPasses(
  builder: ProgramBuilder,
  g: ConvGeometry,
  component: PolyphaseComponent,
  region: Region,
  target: BufferView,
  passes: readonly (readonly Pass[])[],
  term: number,
  descriptors: OperandDescriptors,
): void {
  const rank = component.length
  const extents = region.box.map(([start, end]) => end - start)
  // Per axis, the samples of the source under the outputs. Passes over earlier axes must keep them.
  const reads = region.axes.map(({ length }) => length)
  const step = region.axes[0]!.stride * region.source.axes[0]!
  const lineElements = reads.slice(1).reduce((n, e) => n * e, 1) * g.batch
  const rows = Math.max(
    1,
    Math.min(extents[0]!, Math.floor(blockElements / Math.max(1, lineElements))),
  )
  const whole = Math.floor(extents[0]! / rows)
  const remainder = extents[0]! % rows
  const last = term === descriptors.values!.separable!.terms.length - 1
  // Sibling components are items of the grid: each has its own weights in every pass.
  const siblings = componentLoops(component, target, builder.kernel)
  const siblingZeros = siblings.loops.map(() => 0)
  const withSiblings = [...component.keys()].filter((a) => component[a]!.siblings > 1)
  for (const [first, blocks, height] of [
    [0, whole, rows],
    [whole * rows, 1, remainder],
  ] as const) {
    if (height === 0 || blocks === 0) continue
    const grid: Loop[] = [loop('block', blocks), ...siblings.loops]
    const steps: Contraction[] = []
    let from: BufferView = { ...region.source, offset: region.source.offset + first * step }
    let gridStride = height * step
    passes.forEach((axisPasses, a) =>
      axisPasses.forEach(({ buffer, next, taps, spacing }, i) => {
        const axis = region.axes[a]!
        // The positions that later passes along this axis still read.
        const further = axisPasses
          .slice(i + 1)
          .reduce((sum, pass) => sum + (pass.taps - 1) * pass.spacing * axis.dilation, 0)
        const extentsAfterPass = component.map(
          (_, b) =>
            (b <= a ? (b === 0 ? height : extents[b]!) : reads[b]!) + (b === a ? further : 0),
        )
        const final = a === rank - 1 && i === axisPasses.length - 1
        const to = final
          ? finalDestination(component, region, target, first, height, siblings)
          : localDestination(builder, g, extentsAfterPass, region.source, siblingZeros)
        const epilogue =
          final && last
            ? builder.epilogue([0, ...siblingZeros, 0, ...extentsAfterPass.map(() => 0)])
            : undefined
        steps.push({
          kind: 'contract',
          result: [
            loop('n', g.batch),
            ...extentsAfterPass.map((e, b) => loop(axisName('y', b, rank), e)),
          ],
          sum: [loop(axisName('t', a, rank), taps)],
          to: {
            buffer: to.view.buffer,
            offset: to.view.offset,
            strides: [...to.grid, to.view.outer, ...to.view.axes],
          },
          a: {
            buffer: from.buffer,
            offset: from.offset,
            strides: [
              gridStride,
              ...siblingZeros,
              from.outer,
              ...from.axes.map((s, b) => (b === a ? s * axis.stride : s)),
              from.axes[a]! * axis.dilation * spacing,
            ],
          },
          b: {
            buffer,
            offset: 0,
            strides: [
              0,
              ...withSiblings.map((b) => (b === a ? next : 0)),
              0,
              ...extentsAfterPass.map(() => 0),
              1,
            ],
          },
          start: final && term > 0 ? 'accumulate' : 'zero',
          ...(epilogue === undefined ? {} : { epilogue }),
        })
        from = to.view
        gridStride = 0
      }),
    )
    builder.stage(`passes ${region.name}`, grid, steps)
  }
}

interface Destination {
  readonly view: BufferView
  /** Strides over the grid: blocks, then siblings. */
  readonly grid: readonly number[]
}

function finalDestination(
  component: PolyphaseComponent,
  region: Region,
  target: BufferView,
  first: number,
  height: number,
  siblings: ComponentLoops,
): Destination {
  const offset = component.reduce(
    (at, axis, b) =>
      at +
      (axis.outputStart + (region.box[b]![0] + (b === 0 ? first : 0)) * axis.outputStep) *
        target.axes[b]!,
    target.offset,
  )
  const axes = component.map((axis, b) => axis.outputStep * target.axes[b]!)
  return { view: { ...target, offset, axes }, grid: [height * axes[0]!, ...siblings.output] }
}

/**
 * Returns the view of the intermediate result of a block, in the layout of its source: neighbours
 * in memory stay neighbours.
 */
function localDestination(
  builder: ProgramBuilder,
  g: ConvGeometry,
  extents: readonly number[],
  source: BufferView,
  siblingZeros: readonly number[],
): Destination {
  const interleaved = g.batch > 1 && source.outer < Math.min(...source.axes.map(Math.abs))
  const count = extents.reduce((n, e) => n * e, 1)
  const inner = interleaved ? g.batch : 1
  const axes = extents.map((_, b) => extents.slice(b + 1).reduce((n, e) => n * e, 1) * inner)
  const buffer = builder.buffer('lines', 'local', Math.max(1, count * g.batch))
  return {
    view: { buffer, offset: 0, outer: interleaved ? 1 : count, channel: 0, axes },
    grid: [0, ...siblingZeros],
  }
}
