/**
 * How does a decision compute a problem with missing samples? The program of its algorithm computes
 * boxes in which no sample is missing, with the bits that a call without missing samples has.
 * Another program, made of several of them (algorithms/interpolation.ts), computes the others.
 */

import {
  interpolationProgram,
  type PaddedProblem,
  paddedProblem,
  paddedSamples,
  searchProgram,
} from '../algorithms/interpolation.ts'
import { fillValue, isConstant } from '../geometry/boundary.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { KernelProperties, OperandDescriptors } from '../geometry/operands.ts'
import { finish, type Work } from '../ndarray/work.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { algorithmNamed, boxProgram, type Form } from './boxes.ts'
import { type Cut, workspaceBytes } from './cut.ts'
import type { Decision } from './decision.ts'
import { withOrdersOf } from './lower.ts'

/** Which samples are missing, besides those that are NaN, and when a result is NaN. Plain data. */
export interface MissingRule {
  /** Along each spatial axis, whether samples outside are missing. */
  readonly outside: readonly boolean[]
  /** The signs of the weights. Those of zeros do not count. */
  readonly signs: 'positive' | 'negative' | 'both'
  /** Below this part of Σ|k| over present samples the result is NaN. */
  readonly minimum: number
}

/** The programs of boxes with and without missing samples. */
export interface Interpolation {
  readonly rule: MissingRule
  /** Whether a sample is missing: its guard. Undefined if some are missing in every box. */
  readonly search: Program | undefined
  /** Computes boxes with missing samples. */
  readonly program: Program
  /** The boxes; samples outside are NaN there if they are missing. */
  readonly cut: Cut | undefined
}

/** The programs. Undefined if the decision cannot be used for missing samples. */
export function* interpolationWork(
  decision: Decision,
  problem: Problem,
  backend: BackendDescription,
  rule: MissingRule,
): Work<Interpolation | undefined> {
  const { cut, form, program: plain, threads } = decision
  if (!form.cutKeepsBits || !canInterpolate(decision, problem, rule)) return undefined
  const described = describedProblem(decision, problem, rule)
  const program = yield* resultsProgram(
    decision,
    described,
    rule,
    (part) => withOrdersOf(part, form.orders, backend, problem.options),
    backend,
  )
  const { isOutside, geometry, descriptors } = described
  yield
  if (backend.unsupportedReason(program) !== undefined) return undefined
  const search = isOutside.includes(true)
    ? undefined
    : searchProgram(canonicalShapes(geometry).input, descriptors.input, geometry.dtype)
  yield
  const bytes = [program, plain, ...(search === undefined ? [] : [search])].reduce(
    (sum, part) => sum + workspaceBytes({ program: part, cut, threads }, problem, backend),
    0,
  )
  if (bytes > problem.options.memoryLimit) return undefined
  return { rule, search, program, cut: cut && withMissingBorder(cut, rule) }
}

const missing = { constant: Number.NaN }

/** Whether the sums of a decision can be combined: windows do not mix, nothing is converted. */
function canInterpolate(
  { fallback, descriptors, cut }: Decision,
  { geometry: g }: Problem,
  { outside }: MissingRule,
): boolean {
  const { input, output, activation, unit, bias, padAdjoints, inPlace } = descriptors
  const types = [input.dtype, output.dtype, cut?.box.descriptors.input.dtype ?? g.dtype]
  const present = g.boundary.filter((border, a) => isConstant(border) && outside[a] !== true)
  return (
    fallback === undefined &&
    types.every((dtype) => dtype === g.dtype) &&
    [activation, unit, padAdjoints].every((part) => part === undefined) &&
    !bias &&
    inPlace !== true &&
    g.axes.every(({ inputDilation }) => inputDilation === 1) &&
    // A number outside is present. Outside of two axes one of them counts: windows do not tell.
    present.every((border) => !Number.isNaN(fillValue(border))) &&
    (present.length === 0 || !outside.includes(true)) &&
    paddedSamples(g) <= mostPadded(g)
  )
}

/** A copy with a border much larger than the samples is not worth it. Equal for all boxes. */
const mostPadded = (g: ConvGeometry): number =>
  4 * g.axes.reduce((count, { input }) => count * input, 1) + 2 ** 12

const isCutAlong = (cut: Cut | undefined, axis: number): boolean =>
  cut !== undefined && !cut.box.windows[axis]!.isWhole

/** A box, or the whole problem if it is not cut, with NaN where samples outside are missing. */
function describedProblem(
  { cut, descriptors: given }: Decision,
  problem: Problem,
  rule: MissingRule,
): DescribedProblem {
  const whole = cut?.box.geometry ?? problem.geometry
  const isOutside = rule.outside.map((isMissing, a) => isMissing && !isCutAlong(cut, a))
  const boundary = whole.boundary.map((border, a) => (isOutside[a] === true ? missing : border))
  const geometry = { ...whole, boundary }
  const descriptors = cut?.box.descriptors ?? given
  return { isOutside, geometry, descriptors, padded: paddedProblem(geometry, descriptors) }
}

interface DescribedProblem {
  /** Along which axes samples outside are missing, and belong to no window of a box. */
  readonly isOutside: readonly boolean[]
  readonly geometry: ConvGeometry
  readonly descriptors: OperandDescriptors
  readonly padded: PaddedProblem
}

/** The program of all results. `ordered`: the program of a sum with the orders of its terms. */
function* resultsProgram(
  { algorithm, form }: Decision,
  { geometry, descriptors, padded }: DescribedProblem,
  { signs, minimum }: MissingRule,
  ordered: (program: Program) => Program,
  { machine }: BackendDescription,
): Work<Program> {
  const { tiles } = form as Form
  function* sums({ geometry: g, descriptors }: PaddedProblem): Work<Program> {
    const box = { geometry: g, descriptors, channels: [0, g.channels], windows: [] } as const
    const program = yield* boxProgram(algorithmNamed(algorithm), { tiles }, box, machine)
    yield
    return ordered(program)
  }
  const isPositive = signs === 'positive'
  return interpolationProgram({
    ...{ geometry, descriptors, padded, minimum, isPositive, hasSigns: signs === 'both' },
    signed: isPositive ? undefined : yield* sums(padded),
    absolute: yield* sums(
      isPositive ? padded : { ...padded, descriptors: ofMagnitudes(padded.descriptors) },
    ),
  })
}

/** The buffers of the program of an interpolation, with constants for another kernel. */
export function interpolationBuffers(
  decision: Decision,
  problem: Problem,
  { rule }: Interpolation,
  values: KernelProperties,
  backend: BackendDescription,
): Program['buffers'] {
  const described = describedProblem(decision, problem, rule)
  const { padded } = described
  const descriptors = { ...padded.descriptors, values }
  const other = { ...described, padded: { ...padded, descriptors } }
  return finish(resultsProgram(decision, other, rule, (program) => program, backend)).buffers
}

/** The descriptors of a problem whose kernel is |k|. */
function ofMagnitudes(descriptors: OperandDescriptors): OperandDescriptors {
  const { values } = descriptors
  if (values?.separable === undefined) return descriptors
  const { separable } = values
  const terms = separable.terms.map((lines) => lines.map((line) => line.map(Math.abs)))
  return { ...descriptors, values: { ...values, separable: { ...separable, terms } } }
}

/** Along axes that are cut, samples outside are copied into windows: as NaN if they are missing. */
const withMissingBorder = (cut: Cut, { outside }: MissingRule): Cut => ({
  ...cut,
  box: {
    ...cut.box,
    windows: cut.box.windows.map((window, a) =>
      outside[a] === true && !window.isWhole ? { ...window, boundary: missing } : window,
    ),
  },
})
