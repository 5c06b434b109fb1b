/**
 * Collects the buffers and stages of a program while an algorithm describes it. Also offers the
 * caller's arrays as views of buffers.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
import type { DType } from '../ndarray/dtype.ts'
import { denseStridesLike } from '../ndarray/layout.ts'
import type { Buffer, Program, Role, Stage } from '../program/program.ts'
import type { Epilogue, Loop, Move, Step } from '../program/steps.ts'

/** An array in a buffer, seen as [outer, channel, ...axes]. `outer` is the batch or the filters. */
export interface BufferView {
  readonly buffer: string
  readonly offset: number
  readonly outer: number
  readonly channel: number
  readonly axes: readonly number[]
}

export class ProgramBuilder {
  readonly #g: ConvGeometry
  readonly #descriptors: OperandDescriptors
  readonly #buffers: Buffer[] = []
  readonly #stages: Stage[] = []
  #nextNumber = 0

  constructor(g: ConvGeometry, descriptors: OperandDescriptors) {
    this.#g = g
    this.#descriptors = descriptors
    const external = (name: 'input' | 'kernel' | 'bias' | 'output', dtype: DType): void => {
      this.#buffers.push({ name, role: name, dtype, length: 0 })
    }
    external('input', descriptors.input.dtype)
    external('kernel', descriptors.kernel.dtype)
    if (descriptors.bias) external('bias', g.dtype)
    external('output', descriptors.output.dtype)
  }

  /** Adds a buffer that the program owns and returns its name. */
  buffer(
    kind: string,
    role: Exclude<Role, 'input' | 'kernel' | 'bias' | 'output'>,
    length: number,
    values?: readonly number[],
  ): string {
    const name = `${kind}${this.#nextNumber++}`
    this.#buffers.push({
      name,
      role,
      dtype: this.#g.dtype,
      length,
      ...(values === undefined ? {} : { values }),
    })
    return name
  }

  /**
   * Adds a constant buffer with numbers computed from the values of a kernel, and returns its name.
   */
  kernelConstant(kind: string, values: readonly number[]): string {
    const name = `${kind}${this.#nextNumber++}`
    this.#buffers.push({
      name,
      role: 'constant',
      dtype: this.#g.dtype,
      length: values.length,
      values,
      ofKernel: true,
    })
    return name
  }

  stage(name: string, grid: readonly Loop[], steps: readonly Step[], prepare = false): void {
    this.#stages.push({ name, prepare, grid, steps })
  }

  /** The program with everything added so far. */
  build(): Program {
    return { dtype: this.#g.dtype, buffers: this.#buffers, stages: this.#stages }
  }

  get input(): BufferView {
    return viewOf('input', this.#descriptors.input)
  }

  /** The kernel in the order of its taps: backwards if the convolution flips it. */
  get kernel(): BufferView {
    const { kernel } = this.#descriptors
    if (!this.#g.flip) return viewOf('kernel', kernel)
    const offset = this.#g.axes.reduce(
      (sum, axis, i) => sum + (axis.kernel - 1) * kernel.axes[i]!,
      0,
    )
    return { ...viewOf('kernel', kernel), offset, axes: kernel.axes.map((stride) => -stride) }
  }

  get output(): BufferView {
    return viewOf('output', this.#descriptors.output)
  }

  /**
   * The epilogue of each finished sum: bias, offset and activation. Undefined if there is none.
   * `filterStrides` are the strides of the bias over the loops of the result: not 0 for the loops
   * over filters.
   */
  epilogue(filterStrides: readonly number[]): Epilogue | undefined {
    const { bias, offset, activation } = this.#descriptors
    if (!bias && offset === 0 && activation === undefined) return undefined
    return {
      ...(bias ? { bias: { buffer: 'bias', offset: 0, strides: filterStrides } } : {}),
      ...(offset === 0 ? {} : { offset }),
      ...(activation === undefined ? {} : { activation }),
    }
  }

  /**
   * The view to which sums are written. This is the output if its dtype is the compute type.
   * Otherwise it is a scratch buffer with the layout of the output, which `finish` converts.
   */
  target(): BufferView {
    if (this.#descriptors.output.dtype === this.#g.dtype) return this.output
    const { filters, batch, axes } = this.#g
    const shape = [batch, filters, ...axes.map((axis) => axis.output)]
    const layout = this.#descriptors.output
    const strides = denseStridesLike(shape, [layout.outer, layout.channel, ...layout.axes])
    const length = shape.reduce((n, e) => n * e, 1)
    return {
      buffer: this.buffer('sums', 'scratch', length),
      offset: 0,
      outer: strides[0]!,
      channel: strides[1]!,
      axes: strides.slice(2),
    }
  }

  /** Adds the stage that converts finished sums to the output, if they are not there already. */
  finish(target: BufferView): void {
    if (target.buffer === 'output') return
    const { batch, filters, axes } = this.#g
    const loops = [
      loop('n', batch),
      loop('f', filters),
      ...axes.map((axis, i) => loop(axisName('y', i, axes.length), axis.output)),
    ]
    const { output } = this
    this.stage('convert', [], [move(loops, operand(output), operand(target))])
  }
}

const viewOf = (buffer: string, layout: OperandLayout): BufferView => ({
  buffer,
  offset: 0,
  outer: layout.outer,
  channel: layout.channel,
  axes: layout.axes,
})

export const loop = (name: string, extent: number): Loop => ({ name, extent })

/**
 * Names of the loops over an axis: x; y, x; z, y, x; for higher ranks d0, d1 and so on. A prefix
 * other than 'y' comes before the name.
 */
export function axisName(prefix: string, axis: number, rank: number): string {
  const letters =
    rank <= 3 ? ['z', 'y', 'x'].slice(3 - rank) : Array.from({ length: rank }, (_, i) => `d${i}`)
  return prefix === 'y' ? letters[axis]! : `${prefix}${letters[axis]!}`
}

const operand = (view: BufferView): Move['to'] => ({
  buffer: view.buffer,
  offset: view.offset,
  strides: [view.outer, view.channel, ...view.axes],
})

/** A Move without bounds. */
export function move(loops: readonly Loop[], to: Move['to'], from: Move['from']): Move {
  return { kind: 'move', loops, to, from, bounds: [], outside: 'skip' }
}
