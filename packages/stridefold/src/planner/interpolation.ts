/**
 * How does a decision compute a problem with missing samples? The program of its algorithm computes
 * boxes in which no sample is missing, with the bits that a call without missing samples has.
 * Another program, made of several of them (algorithms/interpolation.ts), computes the others.
 */

import type { Samples, SumProgram } from '../algorithms/interpolation.ts'
import { denseLayout, interpolationProgram, searchProgram } from '../algorithms/interpolation.ts'
import { type Boundary, fillValue, isConstant } from '../geometry/boundary.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { Work } from '../ndarray/work.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { algorithmNamed, boxProgram, type Form } from './boxes.ts'
import { type Cut, workspaceBytes } from './cut.ts'
import type { Decision } from './decision.ts'
import { withOrdersOf } from './lower.ts'

export { interpolationConstants } from '../algorithms/interpolation.ts'

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
  if (!form.cutKeepsBits || !isInterpolated(decision, problem, rule)) return undefined
  const geometry = cut?.box.geometry ?? problem.geometry
  const given = cut?.box.descriptors ?? decision.descriptors
  const shapes = { ...canonicalShapes(geometry), kernel: kernelShape(geometry) }
  const descriptors: OperandDescriptors = {
    ...given,
    offset: 0,
    input: denseLayout(shapes.input, given.input),
    output: denseLayout(shapes.output, given.output),
  }
  const outside = rule.outside.map((isMissing, a) => isMissing && !isCutAlong(cut, a))
  const known = new Map<string, Program>()
  function* sumOf(samples: Samples, isAbsolute: boolean): Work<SumProgram> {
    const boundary = geometry.boundary.map((border, a) => borderOf(samples, border, outside[a]!))
    const key = JSON.stringify([isAbsolute, boundary])
    const program =
      known.get(key) ??
      (yield* sumProgram(
        decision,
        form as Form,
        { ...geometry, boundary },
        isAbsolute ? withMagnitudes(descriptors, shapes.kernel) : descriptors,
        backend,
        problem,
      ))
    known.set(key, program)
    yield
    return { samples, isAbsolute, program }
  }
  const isPositive = rule.signs === 'positive'
  const isSigned = rule.signs === 'both'
  const program = interpolationProgram({
    ...{ dtype: geometry.dtype, shapes, minimum: rule.minimum, bias: given.offset },
    layouts: { input: given.input, kernel: given.kernel, output: given.output },
    values: yield* sumOf('values', false),
    present: yield* sumOf('present', !isPositive),
    ones: yield* sumOf('ones', !isPositive),
    weighted: isSigned ? yield* sumOf('values', true) : undefined,
    absent: isSigned ? yield* sumOf('absent', false) : undefined,
  })
  yield
  if (backend.unsupportedReason(program) !== undefined) return undefined
  const search = outside.includes(true)
    ? undefined
    : searchProgram(shapes.input, given.input, geometry.dtype)
  const interpolation = { search, program, cut: cut && withMissingBorder(cut, rule) }
  yield
  const bytes = [program, plain, ...(search === undefined ? [] : [search])].reduce(
    (sum, part) => sum + workspaceBytes({ program: part, cut, threads }, problem, backend),
    0,
  )
  return bytes <= problem.options.memoryLimit ? interpolation : undefined
}

/** Whether the sums of a decision can be combined: windows do not mix, nothing is converted. */
function isInterpolated(
  { fallback, descriptors, cut }: Decision,
  { geometry: g }: Problem,
  { outside }: MissingRule,
): boolean {
  const { input, output, activation, unit, bias, padAdjoints, inPlace } = descriptors
  const types = [input.dtype, output.dtype, cut?.box.descriptors.input.dtype ?? g.dtype]
  const constants = g.boundary.filter((border, a) => isConstant(border) && !outside[a])
  return (
    fallback === undefined &&
    types.every((dtype) => dtype === g.dtype) &&
    [activation, unit, padAdjoints].every((part) => part === undefined) &&
    !bias &&
    inPlace !== true &&
    // Outside of two axes only one of them counts.
    (constants.length === 0 || !outside.includes(true)) &&
    constants.every((border) => !Number.isNaN(fillValue(border)))
  )
}

const kernelShape = ({ filters, channels, groups, axes }: ConvGeometry): number[] => [
  filters,
  channels / groups,
  ...axes.map(({ kernel }) => kernel),
]

const isCutAlong = (cut: Cut | undefined, axis: number): boolean =>
  cut !== undefined && !cut.box.windows[axis]!.isWhole

/** What lies outside an axis that the program of a box continues itself. */
function borderOf(samples: Samples, border: Boundary, isMissing: boolean): Boundary {
  if (samples === 'values' || !isConstant(border)) return border
  const isOne = samples === 'ones' || (samples === 'absent') === isMissing
  return isOne ? { constant: 1 } : 'zero'
}

function* sumProgram(
  { algorithm, cut }: Decision,
  { tiles, orders }: Form,
  geometry: ConvGeometry,
  descriptors: OperandDescriptors,
  backend: BackendDescription,
  { options }: Problem,
): Work<Program> {
  const box = { geometry, descriptors, channels: [0, geometry.channels], windows: [] } as const
  const program = yield* boxProgram(
    algorithmNamed(algorithm),
    { tiles },
    cut === undefined ? box : { ...cut.box, geometry, descriptors },
    backend.machine,
  )
  yield
  return withOrdersOf(program, orders, backend, options)
}

/** The descriptors of a problem whose kernel is the dense array of the magnitudes of weights. */
function withMagnitudes(
  { values, ...descriptors }: OperandDescriptors,
  shape: readonly number[],
): OperandDescriptors {
  const separable = values?.separable && {
    ...values.separable,
    terms: values.separable.terms.map((lines) => lines.map((line) => line.map(Math.abs))),
  }
  return {
    ...descriptors,
    kernel: denseLayout(shape, descriptors.kernel),
    ...(values && { values: { ...values, ...(separable && { separable }) } }),
  }
}

/** Along axes that are cut, samples outside are copied into windows: as NaN if they are missing. */
const withMissingBorder = (cut: Cut, { outside }: MissingRule): Cut => ({
  ...cut,
  box: {
    ...cut.box,
    windows: cut.box.windows.map((window, a) =>
      outside[a] === true && !window.isWhole
        ? { ...window, boundary: { constant: Number.NaN } }
        : window,
    ),
  },
})
