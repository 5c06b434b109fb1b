/**
 * Rewrites a program for backends with little local memory. A stage whose steps share local buffers
 * becomes one stage per step. Each has the grid of the stage, and each local buffer becomes a
 * scratch buffer with a place of its own for every item.
 *
 *   stage, for each item              stage 1, for each item     all block[item, …] = input[…]
 *     block[…] = input[…]        ──►  stage 2, for each item     output[…] = Σ all block[item, …] …
 *     output[…] = Σ block[…] …
 *
 * The results have the same bits: items are independent, so all of them may do the first step
 * before any of them does the second, and every sum adds the same terms in the same order.
 */

import { rowMajorStrides } from '../ndarray/layout.ts'
import { iterations } from '../ndarray/loops.ts'
import { accessesOf } from './accesses.ts'
import { type Buffer, byteLength, type Program, type Stage } from './program.ts'
import type { Loop, Operand, Step } from './steps.ts'

/**
 * The program without stages whose local buffers take more than `localBytes` together. Returns the
 * program itself if it has none.
 */
export function fissioned(program: Program, localBytes: number): Program {
  const locals = new Map(
    program.buffers.filter(({ role }) => role === 'local').map((buffer) => [buffer.name, buffer]),
  )
  const bytesOf = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + byteLength(locals.get(name)!), 0)
  // How many items need a place, for each local buffer that becomes a scratch buffer.
  const places = new Map<string, number>()
  const kept = new Set<string>()
  const stages = program.stages.flatMap((stage): readonly Stage[] => {
    const names = usedBuffers(stage).filter((name) => locals.has(name))
    if (bytesOf(names) <= localBytes) {
      for (const name of names) kept.add(name)
      return [stage]
    }
    const items = iterations(stage.grid)
    for (const name of names) places.set(name, Math.max(items, places.get(name) ?? 0))
    return stagePerStep(stage, (name) => locals.get(name))
  })
  if (places.size === 0) return program
  const buffers = program.buffers.flatMap((buffer): Buffer[] => {
    const items = places.get(buffer.name)
    if (items === undefined) return [buffer]
    const { dtype, length } = buffer
    const all = { name: ofAllItems(buffer.name), role: 'scratch', dtype, length: items * length }
    return [...(kept.has(buffer.name) ? [buffer] : []), all as Buffer]
  })
  return { ...program, buffers, stages }
}

/** The name of the scratch buffer that has a place for every item. */
const ofAllItems = (local: string): string => `all ${local}`

/** The names of the buffers of a stage, each once. */
const usedBuffers = ({ grid, steps }: Stage): string[] => [
  ...new Set(steps.flatMap((step) => accessesOf(step, grid).map(({ operand }) => operand.buffer))),
]

function stagePerStep(stage: Stage, localOf: (name: string) => Buffer | undefined): Stage[] {
  const { name, prepare, alongside = false, grid, steps } = stage
  const inPlaceOfItem = (operand: Operand): Operand => {
    const local = localOf(operand.buffer)
    return local === undefined ? operand : withPlaces(operand, local.length, grid)
  }
  return steps.map((step, s) => ({
    ...{ prepare, grid },
    ...(s === 0 && alongside && { alongside }),
    name: steps.length === 1 ? name : `${name}, step ${s + 1} of ${steps.length}`,
    steps: [mapOperands(step, inPlaceOfItem)],
  }))
}

/** The operand in the place of its item: places of `length` elements, in the order of the items. */
function withPlaces(
  { buffer, offset, strides }: Operand,
  length: number,
  grid: readonly Loop[],
): Operand {
  const items = rowMajorStrides(grid.map(({ extent }) => extent))
  return {
    buffer: ofAllItems(buffer),
    offset,
    strides: strides.map((stride, l) => (l < grid.length ? stride + items[l]! * length : stride)),
  }
}

/** The step with other operands. */
function mapOperands(step: Step, map: (operand: Operand) => Operand): Step {
  switch (step.kind) {
    case 'move': {
      const from = typeof step.from === 'number' ? step.from : map(step.from)
      return { ...step, to: map(step.to), from }
    }
    case 'fft':
      return { ...step, re: map(step.re), im: map(step.im) }
    case 'maximum':
      return { ...step, to: map(step.to), from: map(step.from) }
    case 'elementwise':
      return { ...step, to: map(step.to), from: step.from.map(map) }
    case 'contract': {
      const { epilogue, ...sums } = step
      const operands = { to: map(step.to), a: map(step.a), b: map(step.b) }
      if (epilogue === undefined) return { ...sums, ...operands }
      const { bias, ...after } = epilogue
      const mapped = bias === undefined ? after : { ...after, bias: map(bias) }
      return { ...sums, ...operands, epilogue: mapped }
    }
  }
}
