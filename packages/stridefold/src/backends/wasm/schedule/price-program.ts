/**
 * Which code will each step of a program become, and how many cycles will it take? The planner
 * prices exactly the code that is emitted later, because both read the forms that are chosen here.
 *
 * Only what a price needs is computed: no packed weights, no copies, no tables (lower.ts).
 */

import { isEmpty, iterations } from '../../../ndarray/loops.ts'
import { finish, type Work } from '../../../ndarray/work.ts'
import type { Rates } from '../../../program/backend.ts'
import type { Buffer, Program, Stage } from '../../../program/program.ts'
import { isShare, wholeOf } from '../../../program/share.ts'
import {
  type Contraction,
  type Operand,
  type Step,
  type SumOrder,
  targetLoops,
} from '../../../program/steps.ts'
import {
  type OrderChooser,
  type SumOrders,
  sumOrdersOf,
  withOneOrder,
} from '../../../program/sum-order.ts'
import type { ScheduleOptions } from './best-mapping.ts'
import { type ComplexProduct, complexProductOf } from './complex-product.ts'
import { elements, pairSums, type SumElement, sumElement } from './element.ts'
import { elementwiseForm } from './elementwise.ts'
import { fftCode, fftCycles } from './fft-code.ts'
import { LinearForms } from './linear-form.ts'
import type { Registers, Schedule } from './mapping.ts'
import { maximumForm } from './maximum.ts'
import { type Nest, type NestLoop, nestOf, partOf } from './nest.ts'
import { pairedStep } from './pairs.ts'
import { moveCycles } from './price-move.ts'
import { schedule } from './schedule.ts'
import { scheduleOfShare } from './share.ts'
import { type Transform, transformOf } from './transform.ts'

/** How a contraction is compiled: as one of the special forms, or with a schedule. */
export type ContractionForm =
  | { readonly kind: 'transform'; readonly transform: Transform; readonly cycles: number }
  | { readonly kind: 'complex'; readonly product: ComplexProduct; readonly cycles: number }
  | { readonly kind: 'scheduled'; readonly schedule: Schedule; readonly cycles: number }

export interface PricedProgram {
  /** The program, with one order for each kind of sum. */
  readonly program: Program
  readonly registers: Registers
  /**
   * The form of each step of each stage. Undefined for steps that are no contractions or have no
   * results, and for stages that run once per kernel.
   */
  readonly forms: readonly (readonly (ContractionForm | undefined)[])[]
  /**
   * Predicted cycles of each step of each stage for its whole grid. 0 for stages that run once per
   * kernel.
   */
  readonly cycles: readonly (readonly number[])[]
}

/** The kinds of code, each with a rate of its own. */
type CodeKind = keyof Pick<Rates, 'sums' | 'matrices' | 'spectra' | 'transforms' | 'moves'>

const kindOfForm: Readonly<Record<ContractionForm['kind'], CodeKind>> = {
  scheduled: 'sums',
  transform: 'matrices',
  complex: 'spectra',
}

/** The seconds of each step of each stage at these rates. */
export const seconds = ({ program, forms, cycles }: PricedProgram, rates: Rates): number[][] =>
  program.stages.map(({ steps }, s) =>
    steps.map((step, index) => {
      const kind: CodeKind =
        step.kind === 'move' || step.kind === 'elementwise'
          ? 'moves'
          : step.kind === 'fft'
            ? 'transforms'
            : kindOfForm[forms[s]![index]?.kind ?? 'scheduled']
      return cycles[s]![index]! / (rates[kind] * 1e9)
    }),
  )

/** Measured cycles of a step in each grid item, besides its loops (AMD EPYC, 2026-11-29). */
const itemCycles = 12

/** `linearForms`: forms that earlier programs may have needed too. */
export const priceProgram = (
  program: Program,
  registers: Registers,
  linearForms?: LinearForms,
): PricedProgram => finish(priceProgramWork(program, registers, linearForms))

/** The work of `priceProgram`. */
export function* priceProgramWork(
  unordered: Program,
  registers: Registers,
  linearForms: LinearForms = new LinearForms(),
): Work<PricedProgram> {
  const formOf = formChooser(unordered, registers, linearForms)
  // The orders need the same forms.
  for (const stage of unordered.stages)
    for (const step of stage.steps) {
      if (!hasForm(step, stage) || codeKey(step, stage, unordered) === undefined) continue
      formOf(step, stage)
      yield
    }
  const program = withOneOrder(unordered, orderOf(formOf))
  yield
  const [forms, cycles]: [(ContractionForm | undefined)[][], number[][]] = [[], []]
  for (const stage of program.stages) {
    const [items, rank] = [iterations(stage.grid), stage.grid.length]
    const ofStage: { form: ContractionForm | undefined; cycles: number }[] = []
    for (const step of stage.steps) {
      const form = hasForm(step, stage) ? formOf(step, stage) : undefined
      const all = isFree(step, stage)
        ? 0
        : step.kind === 'move'
          ? moveCycles(step, stage, program)
          : step.kind === 'maximum'
            ? maximumForm(step, rank, elements[program.dtype]).cycles
            : step.kind === 'elementwise'
              ? elementwiseForm(step, rank, elements[program.dtype]).cycles
              : step.kind === 'fft'
                ? fftCycles(fftCode(step, rank, elements[program.dtype], registers)) + itemCycles
                : (form?.cycles ?? 0) + itemCycles
      ofStage.push({ form, cycles: items * all })
      yield
    }
    forms.push(ofStage.map(({ form }) => form))
    cycles.push(ofStage.map((step) => step.cycles))
  }
  return { program, registers, forms, cycles }
}

const isFree = (step: Step, stage: Stage): boolean => stage.prepare || isEmptyStep(step)

const hasForm = (step: Step, stage: Stage): step is Contraction =>
  step.kind === 'contract' && !isFree(step, stage)

/** Chooses the orders of the sums of a program as its price does. */
export const orderChooser = (
  program: Program,
  registers: Registers,
  linearForms: LinearForms,
): OrderChooser => orderOf(formChooser(program, registers, linearForms))

const orderOf =
  (formOf: FormChooser): OrderChooser =>
  (step, stage) =>
    sumOrderOf(step, formOf(step, stage))

/** The order in which each kind of sum of a program adds its terms. */
export function sumOrdersOfPriced({ program, forms }: PricedProgram): SumOrders {
  return sumOrdersOf(program, (step, stage) => {
    const form = forms[program.stages.indexOf(stage)]![stage.steps.indexOf(step)]
    return form && sumOrderOf(step, form)
  })
}

/** The order in which the code of a contraction adds. Undefined for transforms: they have one. */
function sumOrderOf(step: Contraction, form: ContractionForm): SumOrder | undefined {
  if (form.kind === 'complex') return orderOfLoops(form.product.ordered, step, step.result.length)
  if (form.kind !== 'scheduled') return undefined
  const { kind, overlap, sum, block } = form.schedule
  const inner = kind === 'stencil' ? sum[overlap] : undefined
  const loops = [...sum.filter((loop) => loop !== inner), ...(inner === undefined ? [] : [inner])]
  const first = step.result.length + (block === undefined ? 0 : 1)
  const part = block === undefined ? undefined : partOf(step)
  return { ...orderOfLoops(loops, step, first), ...(part && { part }) }
}

/** `first`: the index of the first loop of the sum among all loops. */
function orderOfLoops(loops: readonly NestLoop[], step: Contraction, first: number): SumOrder {
  const parts = loops.flatMap((loop) => loop.parts.map((index) => index - first))
  // Loops that run once are in no nest.
  const rest = step.sum.map((_, index) => index).filter((index) => !parts.includes(index))
  return { loops: [...rest, ...parts] }
}

/** Whether a step has no results. A sum over nothing still writes its start value and epilogue. */
export const isEmptyStep = (step: Step): boolean => isEmpty(targetLoops(step))

type FormChooser = (step: Contraction, stage: Stage) => ContractionForm

/**
 * Returns a function that chooses the form of a contraction, once for all contractions of the
 * program that share their code.
 */
export function formChooser(
  program: Program,
  registers: Registers,
  linearForms: LinearForms,
): FormChooser {
  const byKey = new Map<string, ContractionForm>()
  const formOf: FormChooser = (step, stage) => {
    if (isShare(step)) return formOfShare(step, stage)
    const key = codeKey(step, stage, program)
    const known = key === undefined ? undefined : byKey.get(key)
    if (known !== undefined) return known
    const form = contractionForm(step, stage, program, registers, linearForms)
    if (key !== undefined) byKey.set(key, form)
    return form
  }
  /** The form of the whole, with fewer iterations. If that is impossible, at least its order. */
  const formOfShare: FormChooser = (share, inStage) => {
    const { step, stage } = wholeOf(share, inStage)
    const whole = formOf(step, stage)
    if (whole.kind === 'scheduled') {
      const chosen = scheduleOfShare(whole.schedule, share)
      if (chosen !== undefined)
        return { kind: 'scheduled', schedule: chosen, cycles: chosen.cycles }
    }
    const order = share.order ?? sumOrderOf(step, whole)
    const ordered = order === undefined ? share : { ...share, order }
    return contractionForm(ordered, inStage, program, registers, linearForms)
  }
  return formOf
}

function contractionForm(
  step: Contraction,
  stage: Stage,
  program: Program,
  registers: Registers,
  linearForms: LinearForms,
): ContractionForm {
  const rank = stage.grid.length
  const nest = nestOf(step, rank)
  const special = step.integer === undefined && specialForm(step, nest, rank, program, linearForms)
  if (special) return special
  const scheduled = (of: Contraction, first: Nest, element: SumElement): Schedule =>
    scheduleOf(of, first, stage, program, { registers, element })
  const single = (): Schedule => scheduled(step, nest, sumElement(step, program.dtype))
  const paired = pairedStep(step, program)
  const chosen =
    paired === undefined
      ? single()
      : cheaper(scheduled(paired, nestOf(paired, rank), pairSums), single())
  return { kind: 'scheduled', schedule: chosen, cycles: chosen.cycles }
}

const cheaper = (a: Schedule, b: Schedule): Schedule => (b.cycles < a.cycles ? b : a)

/** The cheapest schedule of a step with this nest. */
function scheduleOf(
  step: Contraction,
  nest: Nest,
  stage: Stage,
  program: Program,
  { registers, element }: Pick<ScheduleOptions, 'registers' | 'element'>,
): Schedule {
  const isPackable = ({ buffer }: Operand): boolean => {
    const role = program.buffers.find((b) => b.name === buffer)?.role
    return !stage.prepare && (role === 'kernel' || role === 'prepared' || role === 'constant')
  }
  return schedule(
    (free, keepLinesSeparate) =>
      free === undefined && keepLinesSeparate !== true
        ? nest
        : nestOf(step, stage.grid.length, free, keepLinesSeparate),
    {
      ...{ registers, element },
      packable: { a: isPackable(step.a), b: isPackable(step.b) },
      scalar: step.tile === 'scalar',
      ones: step.integer && (['a', 'b'] as const).find((name) => areOnes(step[name], program)),
    },
  )
}

/** Whether these are constants that are all 1, for every kernel. */
function areOnes({ buffer }: Operand, { buffers }: Program): boolean {
  const { values, ofKernel } = buffers.find(({ name }) => name === buffer)!
  return ofKernel !== true && values?.every((value) => value === 1) === true
}

/** The form of products of complex numbers, and of sums that results share. */
function specialForm(
  step: Contraction,
  nest: Nest,
  rank: number,
  { dtype, buffers }: Program,
  linearForms: LinearForms,
): ContractionForm | undefined {
  const element = elements[dtype]
  // A transform shares sums between its results, so a step with a given order is none.
  if (step.order === undefined) {
    const transform = transformOf(step, nest, rank, buffers, element, linearForms)
    if (transform) return { kind: 'transform', transform, cycles: transform.cycles }
  }
  const product = complexProductOf(step, nest, element)
  return product && { kind: 'complex', product, cycles: product.cycles }
}

/**
 * A key of everything that the code of a contraction depends on. It omits the start of the operands
 * and their buffers. Undefined if the values of a constant may become part of the code.
 */
export function codeKey(step: Contraction, stage: Stage, program: Program): string | undefined {
  const { to, a, b, epilogue } = step
  const bufferOf = (operand: Operand): Buffer | undefined =>
    program.buffers.find(({ name }) => name === operand.buffer)
  const roles = [a, b].map((operand) => bufferOf(operand)?.role)
  if (roles.includes('constant')) return undefined
  const extents = [stage.grid, step.result, step.sum].map((loops) =>
    loops.map(({ extent, whole }) => (whole === undefined ? extent : [extent, whole])),
  )
  const strides = [to, a, b, epilogue?.bias].map((operand) => operand?.strides)
  const inPlace = [a, b].map(({ buffer }) => buffer === to.buffer)
  // As text, because JSON has no infinity.
  const { unit, offset, activation } = epilogue ?? {}
  const epilogueText = [unit, offset, ...Object.values(activation ?? {})].map(String)
  return JSON.stringify([
    extents,
    strides,
    roles,
    inPlace,
    stage.prepare,
    step.start,
    step.tile,
    step.order,
    step.integer && [step.integer, ...[a, b, to].map((operand) => bufferOf(operand)?.dtype)],
    epilogueText,
  ])
}
