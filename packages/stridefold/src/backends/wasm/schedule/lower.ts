/**
 * A program as the code generator writes it, still as plain data: its distinct functions, its
 * stages as lists of calls, and its buffers with those that packing and transforms add.
 *
 * Nothing is emitted here, and no table is computed. So the bytes that a program takes are known
 * without compiling it (workspace.ts).
 */

import { InternalError } from '../../../errors.ts'
import { type DType, dtypes } from '../../../ndarray/dtype.ts'
import { iterations } from '../../../ndarray/loops.ts'
import { finish, type Work } from '../../../ndarray/work.ts'
import type { Buffer, Program, Stage } from '../../../program/program.ts'
import { sharedStages } from '../../../program/shares.ts'
import type {
  Contraction,
  Elementwise,
  Fft,
  Loop,
  Maximum,
  Move,
  Operand,
  Step,
} from '../../../program/steps.ts'
import { splitSum } from '../../../program/sum-order.ts'
import type { ComplexProduct } from './complex-product.ts'
import type { ContractionCode } from './contraction-code.ts'
import { arePairs, type Element, elements } from './element.ts'
import { type ElementwiseForm, elementwiseForm } from './elementwise.ts'
import { type FftCode, fftCode, twiddleTable } from './fft-code.ts'
import { type TwiddleTable, tableLength, twiddleFactors } from './fft-passes.ts'
import { LinearForms } from './linear-form.ts'
import type { Schedule } from './mapping.ts'
import { type MaximumForm, maximumForm } from './maximum.ts'
import { type MoveForm, moveForm } from './move.ts'
import { isEmptySum, partOf } from './nest.ts'
import { type Packing, packingOf, packingOfPairs } from './packing.ts'
import { pairElement, pairedStep } from './pairs.ts'
import {
  type ContractionForm,
  codeKey,
  formChooser,
  isEmptyStep,
  type PricedProgram,
} from './price-program.ts'
import type { Transform } from './transform.ts'

export interface LoweredProgram {
  readonly element: Element
  /** Whether multiply and add are one instruction. */
  readonly fused: boolean
  /** The distinct functions of the steps, in the order in which they are written. */
  readonly functions: readonly StepFunction[]
  /** The buffers of the program, and those that packing and transforms add. */
  readonly buffers: readonly LoweredBuffer[]
  /** The stages of the program, each after the stages that pack its weights. */
  readonly stages: readonly LoweredStage[]
}

/** What the function of a step computes. */
export type StepFunction =
  | { readonly kind: 'move'; readonly form: MoveForm }
  | { readonly kind: 'contraction'; readonly code: ContractionCode }
  | { readonly kind: 'transform'; readonly transform: Transform }
  | { readonly kind: 'complex'; readonly product: ComplexProduct }
  | { readonly kind: 'fft'; readonly code: FftCode }
  | { readonly kind: 'maximum'; readonly form: MaximumForm }
  | { readonly kind: 'elementwise'; readonly form: ElementwiseForm }

export interface LoweredBuffer extends Buffer {
  /** For a table of twiddle factors: its values, not yet computed. */
  readonly twiddles?: TwiddleTable
  /** Whether only stages that prepare a kernel use it. Runs then need no memory for it. */
  readonly onlyPrepares?: boolean
}

export interface LoweredStage {
  readonly name: string
  readonly prepare: boolean
  /** Whether it may run at the same time as those before it (`Stage.alongside`). */
  readonly alongside: boolean
  readonly grid: readonly Loop[]
  /** Number of grid items. */
  readonly items: number
  /** Export of the module: (first, end, address of each buffer of the stage). */
  readonly entry: string
  /**
   * The indices of these buffers in the lowered program. Only the buffers in use become parameters,
   * because an engine allows at most 1000 parameters per function.
   */
  readonly bufferIndices: readonly number[]
  readonly calls: readonly StepCall[]
}

/** A call of a step's function, for one grid item. */
export interface StepCall {
  /** The index of the function in the lowered program. */
  readonly func: number
  readonly parameters: readonly Parameter[]
}

/**
 * A parameter that depends on the grid item: offset + Σ grid · strides. With a buffer it is an
 * address, in bytes.
 */
export interface Parameter {
  /** The index of the buffer whose address is added; undefined for a plain number. */
  readonly buffer: number | undefined
  readonly offset: number
  readonly strides: readonly number[]
}

export const lowerProgram = (priced: PricedProgram): LoweredProgram =>
  finish(lowerProgramWork(priced))

/** The work of `lowerProgram`. */
export const lowerProgramWork = (priced: PricedProgram): Work<LoweredProgram> =>
  new Lowering(priced).work()

/** The values of a constant; undefined for other buffers. */
export function constantValues({ twiddles, values }: LoweredBuffer): readonly number[] | undefined {
  return twiddles === undefined ? values : twiddleFactors(twiddles)
}

const noParameter: Parameter = { buffer: undefined, offset: 0, strides: [] }

/** The lists of a lowered program while they grow. */
class Lowering {
  readonly #priced: PricedProgram
  readonly #program: Program
  readonly #element: Element
  readonly #formOf: (step: Contraction, stage: Stage) => ContractionForm
  readonly #functions: StepFunction[] = []
  readonly #functionsByKey = new Map<string, number>()
  /** The names of packed copies, by what they copy and how. */
  readonly #packedByKey = new Map<string, string>()
  readonly #buffers: LoweredBuffer[]
  readonly #stages: LoweredStage[] = []
  /** Whether a stage without `alongside` was left out, since the last one of its kind. */
  readonly #isBarrierDue = { prepare: false, run: false }

  constructor(priced: PricedProgram) {
    const { program, registers } = priced
    this.#priced = priced
    this.#program = program
    this.#element = elements[program.dtype]
    this.#formOf = formChooser(program, registers, new LinearForms())
    this.#buffers = [...program.buffers]
  }

  *work(): Work<LoweredProgram> {
    for (const [s, stage] of this.#program.stages.entries()) {
      this.#addStage(stage, this.#priced.forms[s]!)
      yield
    }
    const { fused } = this.#priced.registers
    const usedInRuns = new Set(
      this.#stages.flatMap(({ prepare, bufferIndices }) => (prepare ? [] : bufferIndices)),
    )
    return {
      element: this.#element,
      fused,
      functions: this.#functions,
      buffers: this.#buffers.map((buffer, index) => ({
        ...buffer,
        onlyPrepares: !usedInRuns.has(index),
      })),
      stages: this.#stages,
    }
  }

  /** Adds a stage, after the stages that its steps add. */
  #addStage(stage: Stage, forms: readonly (ContractionForm | undefined)[]): void {
    const calls = stage.steps.flatMap((step, s) =>
      isEmptyStep(step) ? [] : [this.#call(step, stage, forms[s])],
    )
    const { prepare, alongside = false } = stage
    // A stage that does nothing is left out, but what comes after it may not run before it.
    const isAlongside = alongside && !this.#isBarrierDue[prepare ? 'prepare' : 'run']
    this.#isBarrierDue[prepare ? 'prepare' : 'run'] = calls.length === 0 && !isAlongside
    if (calls.length === 0) return
    const indices = calls.flatMap(({ parameters }) => parameters.map(({ buffer }) => buffer))
    this.#stages.push({
      name: stage.name,
      ...{ prepare, alongside: isAlongside },
      grid: stage.grid,
      items: iterations(stage.grid),
      entry: `s${this.#stages.length}`,
      bufferIndices: [...new Set(indices)].filter((index) => index !== undefined),
      calls,
    })
  }

  #call(step: Step, stage: Stage, form: ContractionForm | undefined): StepCall {
    const rank = stage.grid.length
    switch (step.kind) {
      case 'move':
        return this.#moveCall(step, stage)
      case 'fft':
        return this.#fftCall(step, rank)
      case 'contract':
        return this.#contractionCall(step, stage, form ?? this.#formOf(step, stage))
      case 'maximum':
        return this.#maximumCall(step, rank)
      case 'elementwise':
        return this.#elementwiseCall(step, rank)
    }
  }

  #moveCall(step: Move, { grid }: Stage): StepCall {
    const { to, from } = step
    const toType = this.#bufferOf(to).dtype
    const fromType = typeof from === 'number' ? toType : this.#bufferOf(from).dtype
    const form = (): MoveForm => moveForm(step, grid, toType, fromType)
    const addresses = [
      this.#addressOf(to, grid.length),
      typeof from === 'number' ? noParameter : this.#addressOf(from, grid.length),
    ]
    if (step.bounds.length === 0) {
      const key = `move ${toType} ${fromType} ${grid.length} ${moveKey(step)}`
      const func = this.#function(key, () => ({ kind: 'move', form: form() }))
      return { func, parameters: addresses }
    }
    const bounded = form()
    const coordinates = bounded.bounds.map(({ offset, strides }) => ({
      ...{ buffer: undefined, offset, strides: strides.slice(0, grid.length) },
    }))
    const func = this.#function(undefined, () => ({ kind: 'move', form: bounded }))
    return { func, parameters: [...addresses, ...coordinates] }
  }

  #contractionCall(step: Contraction, stage: Stage, form: ContractionForm): StepCall {
    const { a, b, to, epilogue } = step
    const rank = stage.grid.length
    switch (form.kind) {
      case 'transform': {
        const func = this.#function(undefined, () => form)
        const operands = [step[form.transform.from], to, epilogue?.bias]
        return { func, parameters: this.#addressesOf(operands, rank) }
      }
      case 'complex': {
        const func = this.#function(undefined, () => form)
        return { func, parameters: this.#addressesOf([a, b, to], rank) }
      }
      case 'scheduled':
        return this.#scheduledCall(step, stage, form.schedule)
    }
  }

  #scheduledCall(step: Contraction, stage: Stage, chosen: Schedule): StepCall {
    const rank = stage.grid.length
    const { moving, stationary, packed } = chosen
    const { unit, bias, offset = 0, activation } = step.epilogue ?? {}
    const packing = packed ? this.#addPacking(step, stage, chosen) : undefined
    const isPaired = arePairs(chosen.element)
    const typeOf = (operand: Operand): DType =>
      isPaired ? pairElement : this.#bufferOf(operand).dtype
    const code = (): ContractionCode => ({
      schedule: packing?.schedule ?? chosen,
      element: chosen.element,
      types: {
        moving: typeOf(step[moving]),
        stationary: typeOf(step[stationary]),
        to: this.#bufferOf(step.to).dtype,
        bias: this.#program.dtype,
      },
      integer: step.integer,
      fused: this.#priced.registers.fused,
      accumulate: step.start === 'accumulate',
      empty: isEmptySum(step),
      unit,
      bias: bias !== undefined,
      offset,
      activation,
    })
    const key = codeKey(step, stage, this.#program)
    const func = this.#function(key, () => ({ kind: 'contraction', code: code() }))
    const operands = [step[moving], packing?.operand ?? step[stationary], step.to, bias]
    return { func, parameters: this.#addressesOf(operands, rank) }
  }

  /**
   * Adds a buffer for packed weights, and the stages that fill it. Steps that need the same copy
   * share it: regions of one image, and shares of one contraction.
   */
  #addPacking(step: Contraction, stage: Stage, chosen: Schedule): Packing {
    const name = `packed${this.#buffers.length}`
    const part = chosen.block === undefined ? undefined : partOf(step)
    const paired = arePairs(chosen.element) ? pairedStep(step, this.#program) : undefined
    const split = splitSum(paired ?? step, part, stage.grid.length)
    const ofElements = packingOf(split, stage.grid, chosen, chosen.element, name)
    const packing = paired === undefined ? ofElements : packingOfPairs(ofElements)
    const key = JSON.stringify(
      packing.moves.map((move) => ({ ...move, to: { ...move.to, buffer: '' } })),
    )
    const existing = this.#packedByKey.get(key)
    if (existing !== undefined)
      return { ...packing, operand: { ...packing.operand, buffer: existing } }
    this.#packedByKey.set(key, name)
    const { dtype } = this.#bufferOf(step[chosen.stationary])
    this.#buffers.push({ name, role: 'prepared', dtype, length: packing.length })
    const packed = step[chosen.stationary].buffer
    const copy = { name: `pack ${packed}`, prepare: true, grid: [], steps: packing.moves }
    for (const share of sharedStages(copy)) this.#addStage(share, [])
    return packing
  }

  #fftCall(step: Fft, rank: number): StepCall {
    const code = fftCode(step, rank, this.#element, this.#priced.registers)
    const factors = { buffer: this.#twiddleBuffer(code), offset: 0, strides: [] }
    const func = this.#function(`fft ${JSON.stringify(code)}`, () => ({ kind: 'fft', code }))
    return { func, parameters: [...this.#addressesOf([step.re, step.im], rank), factors] }
  }

  #maximumCall(step: Maximum, rank: number): StepCall {
    const form = maximumForm(step, rank, this.#element)
    const func = this.#function(`maximum ${JSON.stringify(form)}`, () => ({
      kind: 'maximum',
      form,
    }))
    return { func, parameters: this.#addressesOf([step.to, step.from], rank) }
  }

  #elementwiseCall(step: Elementwise, rank: number): StepCall {
    const form = elementwiseForm(step, rank, this.#element)
    const func = this.#function(`elementwise ${JSON.stringify(form, withNaN)}`, () => ({
      kind: 'elementwise',
      form,
    }))
    return { func, parameters: this.#addressesOf([step.to, ...step.from], rank) }
  }

  /** The index of the buffer with the factors of a transform. */
  #twiddleBuffer(code: FftCode): number {
    const twiddles = twiddleTable(code)
    const existing = this.#buffers.findIndex(
      (buffer) =>
        buffer.twiddles?.points === twiddles.points && buffer.twiddles.width === twiddles.width,
    )
    if (existing >= 0) return existing
    const index = this.#buffers.length
    const { dtype } = this.#program
    const length = tableLength(twiddles)
    this.#buffers.push({ name: `factors${index}`, role: 'constant', dtype, length, twiddles })
    return index
  }

  /** The index of a function. Functions with equal keys are added once. */
  #function(key: string | undefined, create: () => StepFunction): number {
    const existing = key === undefined ? undefined : this.#functionsByKey.get(key)
    if (existing !== undefined) return existing
    const index = this.#functions.push(create()) - 1
    if (key !== undefined) this.#functionsByKey.set(key, index)
    return index
  }

  #bufferIndex({ buffer: name }: Operand): number {
    const index = this.#buffers.findIndex((buffer) => buffer.name === name)
    if (index >= 0) return index
    throw new InternalError(
      'PROGRAM_INVALID',
      `a step names the buffer ${name}, which the program does not have.`,
    )
  }

  #bufferOf(operand: Operand): LoweredBuffer {
    return this.#buffers[this.#bufferIndex(operand)]!
  }

  #addressOf(operand: Operand, gridRank: number): Parameter {
    const buffer = this.#bufferIndex(operand)
    const { bytes } = dtypes[this.#buffers[buffer]!.dtype]
    const strides = operand.strides.slice(0, gridRank).map((s) => s * bytes)
    return { buffer, offset: operand.offset * bytes, strides }
  }

  #addressesOf(operands: readonly (Operand | undefined)[], gridRank: number): Parameter[] {
    return operands.map((operand) =>
      operand === undefined ? noParameter : this.#addressOf(operand, gridRank),
    )
  }
}

/** JSON has neither NaN nor infinities. */
const withNaN = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value

/** A key of everything that the code of a move without bounds depends on, except the types. */
function moveKey({ loops, to, from }: Move): string {
  const extents = loops.map(({ extent }) => extent)
  return JSON.stringify([
    extents,
    to.strides,
    typeof from === 'number' ? String(from) : from.strides,
  ])
}
