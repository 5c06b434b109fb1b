/**
 * A kernel that is a product of one-dimensional ones is applied axis by axis: k + k products a
 * sample in place of k².
 *
 *   k[ty, tx] = Σ_r u_r[ty] · v_r[tx]      y = Σ_r  (x ∗ u_r along y) ∗ v_r along x
 *
 * Whether a kernel is such a sum, and of how many terms, is a fact about its values (room kernels/:
 * SVD); without it the algorithm refuses. The passes over the first axes are done for a block of
 * lines at a time, so that what lies between them stays in the cache.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { epsilon } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import type { Contraction, Loop } from '../program/steps.ts'
import type { Algorithm, OperandDescriptors, LowRankFactors } from './algorithm.ts'
import { type Region, refuseCopies, regions } from './borders.ts'
import { axisName, loop, type BufferView, ProgramBuilder } from './builder.ts'
import { type ComponentLoops, componentLoops } from './components.ts'
import { largestOf, wholeNumbers } from './lattice.ts'
import { type PolyphaseComponent, polyphaseComponents } from './polyphase.ts'
import { maxSafeMagnitude, refuseBorder } from './non-finite.ts'
import { addUnread } from './unread.ts'

/** Elements of one intermediate result that should stay in the second-level cache. */
const blockElements = 2 ** 16

export const separable: Algorithm = {
  name: 'separable',
  summary:
    'one-dimensional passes, where the kernel is a product (or a short sum of products) of ' +
    'one-dimensional kernels',
  dependsOnKernelValues: true,
  supportsStrips: true,
  // One term sends everything where the kernel does; several cancel, and ∞ − ∞ is NaN.
  spreadsNonFinite: (facts) => (facts.values?.separable?.terms.length ?? 0) > 1,
  unsupportedReason(g, facts) {
    if (facts.inPlace === true) return 'what lies between its passes takes memory'
    if (g.axes.length < 2) return 'a kernel of one axis has nothing to separate'
    if (g.channels !== 1 || g.filters !== 1)
      return (
        'weights with channels or several filters are not looked at: only single kernels are ' +
        'separated'
      )
    const separation = facts.values?.separable
    if (separation === undefined)
      return "the kernel's values are not known here (give options.kernel to plan)"
    if (separation.terms.length === 0)
      return 'the kernel is not a sum of a few products of one-dimensional kernels'
    const { terms } = separation
    const fullRank = Math.min(...g.axes.map((axis) => axis.kernel))
    if (2 * terms.length > fullRank + 1)
      return (
        `the kernel is a sum of no fewer than ${terms.length} products of one-dimensional ` +
        `kernels, and ${fullRank} make any kernel`
      )
    if (separation.residual > residualBound(g))
      return (
        `its separable terms miss the kernel by ${separation.residual.toExponential(1)} of ` +
        'Σ|k|, more than rounding'
      )
    return (terms.length > 1 ? refuseSeveralTerms(g, terms) : undefined) ?? refuseCopies(g)
  },
  isExact: (g, facts) => hasExactPasses(g, facts),
  errorBoundFactor(g, facts, of = polyphaseComponents(g)) {
    const separation = facts.values?.separable
    if (separation === undefined) return Infinity
    const passes = Math.max(0, ...of.map((phase) => phase.reduce((n, axis) => n + axis.taps, 0)))
    const weights = Math.max(0, ...of.map((phase) => phase.reduce((n, axis) => n * axis.taps, 1)))
    // Each term is bounded by its own Σ|u|·Σ|v|, which may exceed Σ|k|; the terms are added once
    // each. Every weight may miss by the residual.
    return (
      amplification(separation.terms) * (passes + separation.terms.length + 2) +
      (weights * separation.residual) / epsilon[g.dtype]
    )
  },
  program(g, facts) {
    const builder = new ProgramBuilder(g, facts)
    const target = builder.target()
    addUnread(builder, g, target)
    for (const phase of polyphaseComponents(g)) {
      for (const region of regions(g, facts, phase, builder)) {
        if (region.gather.length > 0) builder.stage(`gather ${region.name}`, [], region.gather)
        facts.values!.separable!.terms.forEach((factors, term) => {
          addPasses(
            builder,
            g,
            phase,
            region,
            target,
            factors.map((f, a) => passesOf(builder, g, phase, region, f, a)),
            term,
            facts,
          )
        })
      }
    }
    builder.finish(target)
    return builder.build()
  },
}

/**
 * Several terms cancel: what is not finite would spread, and no term may overflow where their sum
 * does not.
 */
function refuseSeveralTerms(g: ConvGeometry, terms: LowRankFactors['terms']): string | undefined {
  return sizeOf(terms) * maxSafeMagnitude < largestFloat
    ? refuseBorder(g)
    : 'its terms are so large that sums on the way may overflow'
}

const largestFloat = 2 ** 127

const residualBound = (g: ConvGeometry): number => 8 * epsilon[g.dtype]

/**
 * Whether one term has factors on grids, and what lies between its passes stays exact: multiples of
 * the product of their units.
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
const sizeOf = (terms: LowRankFactors['terms']): number =>
  terms.reduce(
    (sum, factors) => sum + factors.reduce((p, f) => p * f.reduce((n, v) => n + Math.abs(v), 0), 1),
    0,
  )

/** Σ_r Π_axis Σ|factor| over Σ|Σ_r ⊗ factors|: how much larger the terms are than the kernel. */
function amplification(terms: LowRankFactors['terms']): number {
  const shape = terms[0]!.map((factor) => factor.length)
  const count = shape.reduce((n, e) => n * e, 1)
  let kernel = 0
  for (let i = 0; i < count; i++) {
    let rest = i
    const index = shape.toReversed().map((e) => {
      const digit = rest % e
      rest = Math.floor(rest / e)
      return digit
    })
    index.reverse()
    kernel += Math.abs(
      terms.reduce((sum, factors) => sum + factors.reduce((p, f, a) => p * f[index[a]!]!, 1), 0),
    )
  }
  return kernel === 0 ? 1 : sizeOf(terms) / kernel
}

/**
 * One pass along an axis: taps `apart` positions from each other; weights `next` from component to
 * component.
 */
interface Pass {
  readonly buffer: string
  readonly next: number
  readonly taps: number
  readonly apart: number
}

/**
 * The passes for the taps of one phase of one factor, in the order in which they meet the input:
 * one, or several for a box.
 */
function passesOf(
  builder: ProgramBuilder,
  g: ConvGeometry,
  phase: PolyphaseComponent,
  region: Region,
  factor: readonly number[],
  a: number,
): Pass[] {
  const { taps, kernelStart, kernelStep, kernelNext, components } = phase[a]!
  const walked = g.flip ? factor.toReversed() : factor
  const values = Array.from(
    { length: components * taps },
    (_, i) => walked[kernelStart + Math.floor(i / taps) * kernelNext + (i % taps) * kernelStep]!,
  )
  const pass = (weights: readonly number[], length: number, apart: number): Pass => ({
    buffer: builder.kernelConstant('factor', weights),
    ...{ next: weights.length === length ? 0 : length, taps: length, apart },
  })
  const lengths =
    region.axes[a]!.stride === 1 && values.every((v) => v === values[0]) ? boxPasses(taps) : [taps]
  if (lengths.length === 1) return [pass(values, taps, 1)]
  // What makes values smaller comes first, what makes them larger last: sums on the way overflow no
  // earlier than the result.
  const weighted = Math.abs(values[0]!) <= 1 ? 0 : lengths.length - 1
  let apart = 1
  return lengths.map((length, i) => {
    const made = pass(
      new Array<number>(length).fill(i === weighted ? values[0]! : 1),
      length,
      apart,
    )
    apart *= length
    return made
  })
}

/**
 * Equal weights in few passes: a box of p·q taps is a box of p taps and one of q taps that lie p
 * apart; of 2ᵏ taps, k boxes of two, which are taken two or three at a time. Every pass costs a
 * walk over memory besides its taps.
 */
function boxPasses(taps: number): number[] {
  if (taps < fewestBoxTaps) return [taps]
  let best = { passes: [taps], cost: taps + walkCost }
  for (let p = 2; p * p <= taps; p++) {
    for (const first of taps % p === 0 ? [p, taps / p] : []) {
      const rest = boxPasses(taps / first)
      const cost = first + rest.reduce((sum, n) => sum + n + walkCost, walkCost)
      if (cost < best.cost) best = { passes: [first, ...rest], cost }
    }
  }
  return best.passes
}

/**
 * Taps that a walk over memory costs as much as; boxes of fewer than twice that many are one pass.
 */
const [walkCost, fewestBoxTaps] = [4, 9]

/**
 * One term: passes over axis 0, 1, … for blocks of lines along axis 0, the last one into the
 * target.
 */
function addPasses(
  builder: ProgramBuilder,
  g: ConvGeometry,
  phase: PolyphaseComponent,
  region: Region,
  target: BufferView,
  passes: readonly (readonly Pass[])[],
  term: number,
  facts: OperandDescriptors,
): void {
  const rank = phase.length
  const extents = region.box.map(([start, end]) => end - start)
  // Samples of the source under the outputs, per axis: what passes over earlier axes must still
  // cover.
  const reads = region.axes.map(({ length }) => length)
  const step = region.axes[0]!.stride * region.source.axes[0]!
  const lineElements = reads.slice(1).reduce((n, e) => n * e, 1) * g.batch
  const rows = Math.max(
    1,
    Math.min(extents[0]!, Math.floor(blockElements / Math.max(1, lineElements))),
  )
  const whole = Math.floor(extents[0]! / rows)
  const rest = extents[0]! % rows
  const last = term === facts.values!.separable!.terms.length - 1
  // Components are items of the grid: each has weights of its own for every pass.
  const components = componentLoops(phase, target, builder.kernel)
  const none = components.loops.map(() => 0)
  const several = [...phase.keys()].filter((a) => phase[a]!.components > 1)
  for (const [first, blocks, height] of [
    [0, whole, rows],
    [whole * rows, 1, rest],
  ] as const) {
    if (height === 0 || blocks === 0) continue
    const grid: Loop[] = [loop('block', blocks), ...components.loops]
    const steps: Contraction[] = []
    let from: BufferView = { ...region.source, offset: region.source.offset + first * step }
    let gridStride = height * step
    passes.forEach((along, a) =>
      along.forEach(({ buffer, next, taps, apart }, i) => {
        const axis = region.axes[a]!
        // Positions that the passes to come along this axis still read.
        const further = along
          .slice(i + 1)
          .reduce((sum, pass) => sum + (pass.taps - 1) * pass.apart * axis.dilation, 0)
        const done = phase.map(
          (_, b) =>
            (b <= a ? (b === 0 ? height : extents[b]!) : reads[b]!) + (b === a ? further : 0),
        )
        const final = a === rank - 1 && i === along.length - 1
        const to = final
          ? finalPlace(phase, region, target, first, height, components)
          : localPlace(builder, g, done, region.source, none)
        const tail =
          final && last ? builder.epilogue([0, ...none, 0, ...done.map(() => 0)]) : undefined
        steps.push({
          kind: 'contract',
          result: [loop('n', g.batch), ...done.map((e, b) => loop(axisName('y', b, rank), e))],
          sum: [loop(axisName('t', a, rank), taps)],
          to: {
            buffer: to.place.buffer,
            offset: to.place.offset,
            strides: [...to.grid, to.place.outer, ...to.place.axes],
          },
          a: {
            buffer: from.buffer,
            offset: from.offset,
            strides: [
              gridStride,
              ...none,
              from.outer,
              ...from.axes.map((s, b) => (b === a ? s * axis.stride : s)),
              from.axes[a]! * axis.dilation * apart,
            ],
          },
          b: {
            buffer,
            offset: 0,
            strides: [0, ...several.map((b) => (b === a ? next : 0)), 0, ...done.map(() => 0), 1],
          },
          start: final && term > 0 ? 'accumulate' : 'zero',
          ...(tail === undefined ? {} : { epilogue: tail }),
        })
        from = to.place
        gridStride = 0
      }),
    )
    builder.stage(`passes ${region.name}`, grid, steps)
  }
}

interface Destination {
  readonly place: BufferView
  /** Strides over the grid: blocks, components. */
  readonly grid: readonly number[]
}

function finalPlace(
  phase: PolyphaseComponent,
  region: Region,
  target: BufferView,
  first: number,
  height: number,
  components: ComponentLoops,
): Destination {
  const offset = phase.reduce(
    (at, axis, b) =>
      at +
      (axis.outputStart + (region.box[b]![0] + (b === 0 ? first : 0)) * axis.outputStep) *
        target.axes[b]!,
    target.offset,
  )
  const axes = phase.map((axis, b) => axis.outputStep * target.axes[b]!)
  return { place: { ...target, offset, axes }, grid: [height * axes[0]!, ...components.output] }
}

/**
 * A block's intermediate result, laid out as its source is: neighbours in memory stay neighbours.
 */
function localPlace(
  builder: ProgramBuilder,
  g: ConvGeometry,
  extents: readonly number[],
  source: BufferView,
  none: readonly number[],
): Destination {
  const interleaved = g.batch > 1 && source.outer < Math.min(...source.axes.map(Math.abs))
  const count = extents.reduce((n, e) => n * e, 1)
  const inner = interleaved ? g.batch : 1
  const axes = extents.map((_, b) => extents.slice(b + 1).reduce((n, e) => n * e, 1) * inner)
  const buffer = builder.buffer('lines', 'local', Math.max(1, count * g.batch))
  return {
    place: { buffer, offset: 0, outer: interleaved ? 1 : count, channel: 0, axes },
    grid: [0, ...none],
  }
}
