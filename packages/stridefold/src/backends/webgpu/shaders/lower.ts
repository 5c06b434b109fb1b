/**
 * A program as compute shaders: one or more for each step, in order. Items of a grid are
 * independent, so the first step of all items runs before the second of any. Local buffers become
 * buffers with a place for every item (program/fission.ts). A device needs nothing else: it starts
 * a dispatch when those before it are done.
 */

import { isEmpty } from '../../../ndarray/loops.ts'
import { accessesOf } from '../../../program/accesses.ts'
import { fissioned } from '../../../program/fission.ts'
import { positionsBeyond } from '../../../program/positions.ts'
import { type Buffer, byteLength, type Program } from '../../../program/program.ts'
import { type Loop, type Step, targetLoops } from '../../../program/steps.ts'
import { contractionForm } from './contract.ts'
import { elementwiseKernel } from './elementwise.ts'
import { fftKernels, unsupportedPoints } from './fft.ts'
import type { Kernel, Kernels, Table } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'
import { maximumKernel } from './maximum.ts'
import { moveKernel } from './move.ts'

/** One stage of a program: its kernels run in order. */
export interface ShaderStage {
  readonly name: string
  readonly prepare: boolean
  readonly kernels: readonly Kernel[]
}

export interface ShaderProgram {
  /** The buffers of the program, without local ones. */
  readonly buffers: readonly Buffer[]
  readonly tables: readonly Table[]
  readonly stages: readonly ShaderStage[]
}

export function shaderProgram(program: Program, limits: ShaderLimits): ShaderProgram {
  const { buffers, stages } = fissioned(program, 0)
  const byName = new Map(buffers.map((buffer) => [buffer.name, buffer]))
  const tables = new Map<string, Table>()
  const scratch = new Map<string, number>()
  const lowered = stages.map(({ name, prepare, grid, steps }): ShaderStage => {
    const kernels = steps.flatMap((step) => {
      if (isEmpty([...grid, ...targetLoops(step)])) return []
      const made = kernelsOf(step, grid, byName, limits)
      for (const table of made.tables) tables.set(table.name, table)
      for (const { name, length } of made.scratch)
        scratch.set(name, Math.max(length, scratch.get(name) ?? 0))
      return made.kernels
    })
    return { name, prepare, kernels }
  })
  return {
    buffers: [
      ...buffers,
      ...[...scratch].map(
        ([name, length]): Buffer => ({
          ...{ name, role: 'scratch', dtype: 'float32', length },
        }),
      ),
    ],
    tables: [...tables.values()],
    stages: lowered,
  }
}

function kernelsOf(
  step: Step,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
  limits: ShaderLimits,
): Kernels {
  switch (step.kind) {
    case 'move':
      return moveKernel(step, grid, buffers, limits)
    case 'contract':
      return contractionForm(step, grid, buffers, limits).kernels()
    case 'fft':
      return fftKernels(step, grid, buffers, limits)
    case 'maximum':
      return maximumKernel(step, grid, buffers, limits)
    case 'elementwise':
      return elementwiseKernel(step, grid, buffers, limits)
  }
}

/** The reason why a device with these limits cannot run a program. Undefined if it can. */
export function unsupportedOn(program: Program, limits: ShaderLimits): string | undefined {
  if (program.dtype !== 'float32')
    return `it computes in ${program.dtype}, and WGSL has no numbers of 64 bits`
  const { buffers, stages } = fissioned(program, 0)
  const wide = buffers.find(({ dtype }) => dtype === 'float64')
  if (wide !== undefined) return `'${wide.name}' is float64, and WGSL has no numbers of 64 bits`
  const large = buffers.find((buffer) => byteLength(buffer) > limits.bindingBytes)
  if (large !== undefined)
    return (
      `'${large.name}' has ${byteLength(large)} bytes, and a shader of this GPU reads buffers of ` +
      `at most ${limits.bindingBytes}`
    )
  const most = { bytes: 2 ** 31 - 1, count: 2 ** 31 - 1 }
  const beyond = positionsBeyond({ ...program, buffers, stages }, most)
  if (beyond !== undefined) return beyond
  for (const { grid, steps } of stages)
    for (const step of steps) {
      const names = new Set(accessesOf(step, grid).map(({ operand }) => operand.buffer))
      // One more for a table; another one for the passes of a long transform.
      if (names.size + 2 > limits.buffers)
        return `a step touches ${names.size} arrays, and a shader at most ${limits.buffers - 2}`
      if (step.kind !== 'fft') continue
      const points = unsupportedPoints(step.points)
      if (points !== undefined) return points
    }
  return undefined
}
