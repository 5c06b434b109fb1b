/**
 * Writes the WebAssembly module of a lowered program: the functions of its steps, and one function
 * per stage that loops over its grid.
 *
 * A stage function takes the first and the last grid item and the addresses of the buffers that its
 * steps use. Any worker can therefore run any part of a stage.
 */

import { finish, type Work } from '../../../ndarray/work.ts'
import type { FunctionBody } from '../assembler/body.ts'
import { type MemoryImport, ModuleBuilder } from '../assembler/module.ts'
import type { LoweredProgram, LoweredStage, Parameter, StepFunction } from '../schedule/lower.ts'
import { emitComplexProduct } from './complex-product.ts'
import { emitContraction } from './contraction.ts'
import { emitElementwise } from './elementwise.ts'
import { emitFft } from './fft.ts'
import { emitMaximum } from './maximum.ts'
import { emitMove } from './move.ts'
import { emitTransform } from './transform.ts'
import { withOps } from './vector-ops.ts'

/** Returns the bytes of the module. It imports a memory with these limits. */
export const emitProgram = (
  program: LoweredProgram,
  memory: MemoryImport,
): Uint8Array<ArrayBuffer> => finish(emitProgramWork(program, memory))

/** The work of `emitProgram`. */
export function* emitProgramWork(
  program: LoweredProgram,
  memory: MemoryImport,
): Work<Uint8Array<ArrayBuffer>> {
  const module = new ModuleBuilder(memory)
  const functions = program.functions.map((func) => emitFunction(module, func, program))
  for (const stage of program.stages) emitStage(module, stage, functions)
  return yield* module.buildWork()
}

/** Adds a function to the module and returns its index. */
function emitFunction(
  module: ModuleBuilder,
  func: StepFunction,
  { element, fused }: LoweredProgram,
): number {
  switch (func.kind) {
    case 'move':
      return emitMove(module, func.form)
    case 'contraction':
      return emitContraction(module, func.code)
    case 'transform':
      return emitTransform(module, func.transform, withOps(element), fused)
    case 'complex':
      return emitComplexProduct(module, func.product, withOps(element), fused)
    case 'fft':
      return emitFft(module, func.code)
    case 'maximum':
      return emitMaximum(module, func.form, withOps(element))
    case 'elementwise':
      return emitElementwise(module, func.form, withOps(element))
  }
}

/** Export (first, end, addresses…): runs the steps for the grid items in [first, end). */
function emitStage(
  module: ModuleBuilder,
  { grid, calls, bufferIndices, entry }: LoweredStage,
  functions: readonly number[],
): void {
  const addresses = new Map(bufferIndices.map((buffer, i) => [buffer, 2 + i]))
  const params = new Array<'i32'>(2 + bufferIndices.length).fill('i32')
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
        for (const { func, parameters } of calls) {
          for (const parameter of parameters) emitParameter(f, parameter, addresses, indices)
          f.call(functions[func]!)
        }
        f.get(0).i32(1).op('i32.add').set(0).br(again)
      })
    })
  }
  module.func(params, [], write, entry)
}

/** Pushes a parameter for the grid item whose indices are in these locals. */
function emitParameter(
  f: FunctionBody,
  { buffer, offset, strides }: Parameter,
  addresses: ReadonlyMap<number, number>,
  indices: readonly number[],
): void {
  f.i32(offset)
  if (buffer !== undefined) f.get(addresses.get(buffer)!).op('i32.add')
  strides.forEach((stride, g) => {
    if (stride !== 0) f.get(indices[g]!).i32(stride).op('i32.mul').op('i32.add')
  })
}
