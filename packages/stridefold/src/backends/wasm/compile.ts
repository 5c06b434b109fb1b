/**
 * Compiles a program to a WebAssembly module: one function per step, and one function per stage
 * that loops over its grid.
 *
 * A stage function takes the first and the last grid item and the addresses of the buffers that its
 * steps use. Any worker can therefore run any part of a stage.
 */

import { InternalError } from '../../errors.ts'
import { dtypes } from '../../ndarray/dtype.ts'
import type { Buffer, Program, Stage } from '../../program/program.ts'
import type { Contraction, Fft, Loop, Move, Operand, Step } from '../../program/steps.ts'
import type { FunctionBody } from './assembler/body.ts'
import { type MemoryImport, ModuleBuilder } from './assembler/module.ts'
import {
  type ComplexProduct,
  complexProductOf,
  emitComplexProduct,
} from './microkernels/complex-product.ts'
import { emitContraction } from './microkernels/contract.ts'
import { elements } from './microkernels/element.ts'
import { emitFft } from './microkernels/fft.ts'
import { fftCode, fftCycles, twiddleTable } from './microkernels/fft-code.ts'
import type { Registers, Schedule } from './microkernels/mapping.ts'
import { emitMove } from './microkernels/move.ts'
import { isEmptySum, nestOf, splitSum } from './microkernels/nest.ts'
import { schedule } from './microkernels/schedule.ts'
import { emitTransform, type Transform, transformOf } from './microkernels/transform.ts'
import { packingOf } from './pack.ts'

export interface CompiledStage {
  readonly name: string
  readonly prepare: boolean
  /** Number of grid items. */
  readonly items: number
  /** Export of the module: (first, end, address of each buffer of the stage). */
  readonly entry: string
  /**
   * The indices of these buffers in the compiled program. Only the buffers in use become
   * parameters, because an engine allows at most 1000 parameters per function.
   */
  readonly bufferIndices: readonly number[]
}

export interface CompiledProgram {
  /** Writes the module. This is most of the work, and is needed only for the first run. */
  readonly build: () => Uint8Array<ArrayBuffer>
  /** The buffers of the program, and those that packing added. */
  readonly buffers: readonly Buffer[]
  readonly stages: readonly CompiledStage[]
}

/** The function of one step, and how its pointer parameters depend on the grid item. */
interface StepCall {
  readonly func: number
  readonly params: readonly Parameter[]
}

type Parameter =
  /** Address of an operand's element: buffer + offset + Σ grid · strides, in bytes. */
  | {
      readonly kind: 'address'
      readonly buffer: string
      readonly offset: number
      readonly strides: readonly number[]
    }
  /** A plain number: offset + Σ grid · strides. */
  | { readonly kind: 'number'; readonly offset: number; readonly strides: readonly number[] }

export function compileProgram(
  program: Program,
  memory: MemoryImport,
  registers: Registers,
): CompiledProgram {
  const module = new ModuleBuilder(memory)
  const buffers = [...program.buffers]
  const stages: CompiledStage[] = []
  const calls: { stage: Stage; steps: StepCall[]; names: readonly string[]; entry: string }[] = []
  const bufferOf = (name: string): Buffer => {
    const buffer = buffers.find((b) => b.name === name)
    if (buffer === undefined)
      throw new InternalError(
        'PROGRAM_INVALID',
        `a step names the buffer ${name}, which the program does not have.`,
      )
    return buffer
  }
  const addStage = (stage: Stage, steps: StepCall[]): void => {
    const entry = `s${stages.length}`
    const names = [
      ...new Set(
        steps.flatMap(({ params }) =>
          params.flatMap((p) => (p.kind === 'address' ? [p.buffer] : [])),
        ),
      ),
    ]
    const bufferIndices = names.map((name) => buffers.findIndex((buffer) => buffer.name === name))
    stages.push({
      name: stage.name,
      prepare: stage.prepare,
      items: stage.grid.reduce((n, loop) => n * loop.extent, 1),
      entry,
      bufferIndices,
    })
    calls.push({ stage, steps, names, entry })
  }
  const element = elements[program.dtype]
  // Steps that differ only in the start of their operands share one function.
  const functions = new Map<string, number>()
  const sharedFunction = (key: string, emit: () => number): number => {
    const func = functions.get(key) ?? emit()
    functions.set(key, func)
    return func
  }
  const noParameter: Parameter = { kind: 'number', offset: 0, strides: [] }
  const addressOf = (operand: Operand, gridRank: number): Parameter => {
    const { bytes } = dtypes[bufferOf(operand.buffer).dtype]
    const strides = operand.strides.slice(0, gridRank).map((s) => s * bytes)
    return { kind: 'address', buffer: operand.buffer, offset: operand.offset * bytes, strides }
  }
  const emitStep = (step: Step, stage: Stage): StepCall => {
    const gridRank = stage.grid.length
    if (step.kind === 'contract') return emitContractionStep(step, stage)
    if (step.kind === 'fft') return emitFftStep(step, gridRank)
    const toType = bufferOf(step.to.buffer).dtype
    const fromType = typeof step.from === 'number' ? toType : bufferOf(step.from.buffer).dtype
    if (step.bounds.length === 0) {
      const key = `move ${toType} ${fromType} ${gridRank} ${moveKey(step)}`
      const func = sharedFunction(
        key,
        () => emitMove(module, { step, grid: stage.grid, toType, fromType }).func,
      )
      return {
        func,
        params: [
          addressOf(step.to, gridRank),
          typeof step.from === 'number' ? noParameter : addressOf(step.from, gridRank),
        ],
      }
    }
    const { func, bounds: countedBounds } = emitMove(module, {
      step,
      grid: stage.grid,
      toType,
      fromType,
    })
    const from: Parameter =
      typeof step.from === 'number'
        ? { kind: 'number', offset: 0, strides: [] }
        : addressOf(step.from, gridRank)
    const bounds = countedBounds.map(
      (b): Parameter => ({
        kind: 'number',
        offset: b.offset,
        strides: b.strides.slice(0, gridRank),
      }),
    )
    return { func, params: [addressOf(step.to, gridRank), from, ...bounds] }
  }
  const emitContractionStep = (step: Contraction, stage: Stage): StepCall => {
    const gridRank = stage.grid.length
    const bias = step.epilogue?.bias
    const code = formOf(step, stage, program, registers)
    if (code.kind === 'transform') {
      const { transform } = code
      const func = emitTransform(module, transform, element, registers.fused)
      return {
        func,
        params: [step[transform.from], step.to, bias].map((o) =>
          o === undefined ? noParameter : addressOf(o, gridRank),
        ),
      }
    }
    if (code.kind === 'complex') {
      const func = emitComplexProduct(module, code.product, element, registers.fused)
      return { func, params: [step.a, step.b, step.to].map((o) => addressOf(o, gridRank)) }
    }
    let finalSchedule = code.schedule
    const operands = { a: step.a, b: step.b }
    if (finalSchedule.packed) {
      const name = `packed${buffers.length}`
      const packing = packingOf(splitSum(step, gridRank), stage.grid, finalSchedule, element, name)
      buffers.push({ name, role: 'prepared', dtype: program.dtype, length: packing.length })
      const packStage: Stage = {
        name: `pack ${operands[finalSchedule.stationary].buffer}`,
        prepare: true,
        grid: [],
        steps: packing.moves,
      }
      addStage(
        packStage,
        packing.moves.map((move) => emitStep(move, packStage)),
      )
      operands[finalSchedule.stationary] = packing.operand
      finalSchedule = packing.schedule
    }
    const write = (): number =>
      emitContraction(module, {
        schedule: finalSchedule,
        element,
        fused: registers.fused,
        accumulate: step.start === 'accumulate',
        empty: isEmptySum(step),
        bias: bias !== undefined,
        offset: step.epilogue?.offset ?? 0,
        activation: step.epilogue?.activation,
      })
    const key = codeKey(step, stage, program)
    const func = key === undefined ? write() : sharedFunction(`contract ${key}`, write)
    const params = [
      operands[finalSchedule.moving],
      operands[finalSchedule.stationary],
      step.to,
      bias,
    ].map((o) => (o === undefined ? noParameter : addressOf(o, gridRank)))
    return { func, params }
  }

  const tables = new Map<string, string>()
  const emitFftStep = (step: Fft, gridRank: number): StepCall => {
    const code = fftCode(step, gridRank, element, registers.fused)
    const { key, values } = twiddleTable(code)
    let name = tables.get(key)
    if (name === undefined) {
      name = `factors${buffers.length}`
      const table = values()
      buffers.push({
        name,
        role: 'constant',
        dtype: program.dtype,
        length: table.length,
        values: table,
      })
      tables.set(key, name)
    }
    const factors: Parameter = { kind: 'address', buffer: name, offset: 0, strides: [] }
    return {
      func: emitFft(module, code),
      params: [addressOf(step.re, gridRank), addressOf(step.im, gridRank), factors],
    }
  }

  // A sum over nothing still writes its start value and epilogue. Only steps with empty results are
  // skipped.
  for (const stage of program.stages) {
    const steps = stage.steps.filter((step) => !isEmpty(step))
    const emitted = steps.map((step) => emitStep(step, stage))
    if (steps.length > 0) addStage(stage, emitted)
  }
  for (const { stage, steps, names, entry } of calls)
    emitStage(module, stage.grid, steps, names, entry)
  return {
    build: () => module.build(),
    buffers,
    stages: [...stages.filter((s) => s.prepare), ...stages.filter((s) => !s.prepare)],
  }
}

/** How a contraction is compiled: as one of the special forms, or with a schedule. */
type ContractionForm =
  | { readonly kind: 'transform'; readonly transform: Transform; readonly cycles: number }
  | { readonly kind: 'complex'; readonly product: ComplexProduct; readonly cycles: number }
  | { readonly kind: 'scheduled'; readonly schedule: Schedule; readonly cycles: number }

interface ProgramForms {
  readonly registers: Registers
  readonly bySteps: Map<Contraction, ContractionForm>
  readonly byKey: Map<string, ContractionForm>
}

/**
 * The forms chosen for each program. The planner prices exactly the code that is compiled later.
 */
const formsOfPrograms = new WeakMap<Program, ProgramForms>()

function formOf(
  step: Contraction,
  stage: Stage,
  program: Program,
  registers: Registers,
): ContractionForm {
  let forms = formsOfPrograms.get(program)
  if (forms?.registers !== registers) {
    forms = { registers, bySteps: new Map(), byKey: new Map() }
    formsOfPrograms.set(program, forms)
  }
  const { bySteps, byKey } = forms
  const cachedForm = bySteps.get(step)
  if (cachedForm !== undefined) return cachedForm
  const key = codeKey(step, stage, program)
  const sameCodeForm = key === undefined ? undefined : byKey.get(key)
  const form = sameCodeForm ?? chooseForm(step, stage, program, registers)
  bySteps.set(step, form)
  if (key !== undefined) byKey.set(key, form)
  return form
}

/**
 * A key of everything that the code of a contraction depends on. It omits the start of the operands
 * and their buffers. Undefined if the values of a constant may become part of the code.
 */
function codeKey(step: Contraction, stage: Stage, program: Program): string | undefined {
  const { to, a, b, epilogue } = step
  const roles = [a, b].map(
    ({ buffer }) => program.buffers.find(({ name }) => name === buffer)?.role,
  )
  if (roles.includes('constant')) return undefined
  const extents = [stage.grid, step.result, step.sum].map((loops) =>
    loops.map(({ extent }) => extent),
  )
  const strides = [to, a, b, epilogue?.bias].map((operand) => operand?.strides)
  const inPlace = [a, b].map(({ buffer }) => buffer === to.buffer)
  // As text, because JSON has no infinity.
  const epilogueText = [epilogue?.offset, ...Object.values(epilogue?.activation ?? {})].map(String)
  return JSON.stringify([
    extents,
    strides,
    roles,
    inPlace,
    stage.prepare,
    step.start,
    step.tile,
    epilogueText,
  ])
}

function moveKey({ loops, to, from }: Move): string {
  const extents = loops.map(({ extent }) => extent)
  return JSON.stringify([
    extents,
    to.strides,
    typeof from === 'number' ? String(from) : from.strides,
  ])
}

function chooseForm(
  step: Contraction,
  stage: Stage,
  program: Program,
  registers: Registers,
): ContractionForm {
  const [rank, element] = [stage.grid.length, elements[program.dtype]]
  const nest = nestOf(step, rank)
  const transform = transformOf(step, nest, rank, program.buffers, element)
  if (transform) return { kind: 'transform', transform, cycles: transform.cycles }
  const product = complexProductOf(step, nest, element)
  if (product) return { kind: 'complex', product, cycles: product.cycles }
  const isWeight = ({ buffer }: Operand): boolean => {
    const role = program.buffers.find((b) => b.name === buffer)?.role
    return role === 'kernel' || role === 'prepared' || role === 'constant'
  }
  const chosenSchedule = schedule(
    (free, keepLinesSeparate) =>
      free === undefined && keepLinesSeparate !== true
        ? nest
        : nestOf(step, rank, free, keepLinesSeparate),
    {
      registers,
      element,
      packable: { a: isWeight(step.a) && !stage.prepare, b: isWeight(step.b) && !stage.prepare },
      scalar: step.tile === 'scalar',
    },
  )
  return { kind: 'scheduled', schedule: chosenSchedule, cycles: chosenSchedule.cycles }
}

/**
 * Cycles of each step of each stage, as the code generator prices its contractions and transforms.
 * 0 for stages that run once per kernel.
 */
export function stepCycles(program: Program, registers: Registers): number[][] {
  return program.stages.map((stage) => {
    if (stage.prepare) return stage.steps.map(() => 0)
    const items = stage.grid.reduce((n, loop) => n * loop.extent, 1)
    const cycles = (step: Step): number => {
      if (step.kind === 'move' || isEmpty(step)) return 0
      if (step.kind === 'fft')
        return fftCycles(fftCode(step, stage.grid.length, elements[program.dtype], registers.fused))
      return formOf(step, stage, program, registers).cycles
    }
    return stage.steps.map((step) => items * cycles(step))
  })
}

const isEmpty = (step: Step): boolean =>
  (step.kind === 'contract' ? step.result : step.loops).some((loop) => loop.extent === 0)

/** Export (first, end, addresses…): runs the steps for the grid items in [first, end). */
function emitStage(
  module: ModuleBuilder,
  grid: readonly Loop[],
  steps: readonly StepCall[],
  buffers: readonly string[],
  entry: string,
): void {
  const addressParam = new Map(buffers.map((name, index) => [name, 2 + index]))
  const params = new Array<'i32'>(2 + buffers.length).fill('i32')
  const write = (f: FunctionBody): void => {
    const indices = grid.map(() => f.local('i32'))
    const remaining = f.local('i32')
    f.block((done) => {
      f.loop((again) => {
        f.get(0).get(1).op('i32.ge_s').brIf(done)
        // The number of the item as mixed-radix digits.
        f.get(0).set(remaining)
        for (let g = grid.length - 1; g >= 0; g--) {
          const { extent } = grid[g]!
          f.get(remaining).i32(extent).op('i32.rem_u').set(indices[g]!)
          f.get(remaining).i32(extent).op('i32.div_u').set(remaining)
        }
        for (const { func, params: args } of steps) {
          for (const arg of args) {
            f.i32(arg.offset)
            if (arg.kind === 'address') f.get(addressParam.get(arg.buffer)!).op('i32.add')
            arg.strides.forEach((stride, g) => {
              if (stride !== 0) f.get(indices[g]!).i32(stride).op('i32.mul').op('i32.add')
            })
          }
          f.call(func)
        }
        f.get(0).i32(1).op('i32.add').set(0).br(again)
      })
    })
  }
  module.func(params, [], write, entry)
}
