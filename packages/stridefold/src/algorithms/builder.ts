/**
 * Gathers the buffers and stages of a program while an algorithm describes it, and knows the
 * caller's arrays as buffers.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { DType } from '../ndarray/dtype.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import type { Buffer, Program, Role, Stage } from '../program/program.ts'
import type { Loop, Move, Step, Epilogue } from '../program/steps.ts'
import type { OperandDescriptors, OperandLayout } from './algorithm.ts'

/** An array somewhere in memory, seen as [outer, channel, ...axes]: batch or filters outermost. */
export interface BufferView {
  readonly buffer: string
  readonly offset: number
  readonly outer: number
  readonly channel: number
  readonly axes: readonly number[]
}

export class ProgramBuilder {
  readonly #g: ConvGeometry
  readonly #facts: OperandDescriptors
  readonly #buffers: Buffer[] = []
  readonly #stages: Stage[] = []
  #names = 0

  constructor(g: ConvGeometry, facts: OperandDescriptors) {
    this.#g = g
    this.#facts = facts
    const external = (name: 'input' | 'kernel' | 'bias' | 'output', dtype: DType): void => {
      this.#buffers.push({ name, role: name, dtype, length: 0 })
    }
    external('input', facts.input.dtype)
    external('kernel', facts.kernel.dtype)
    if (facts.bias) external('bias', g.dtype)
    external('output', facts.output.dtype)
  }

  /** A buffer of the program's own; returns its name. */
  buffer(
    kind: string,
    role: Exclude<Role, 'input' | 'kernel' | 'bias' | 'output'>,
    length: number,
    values?: readonly number[],
  ): string {
    const name = `${kind}${this.#names++}`
    this.#buffers.push({
      name,
      role,
      dtype: this.#g.dtype,
      length,
      ...(values === undefined ? {} : { values }),
    })
    return name
  }

  /** A constant buffer of numbers that follow from a kernel's values. */
  kernelConstant(kind: string, values: readonly number[]): string {
    const name = `${kind}${this.#names++}`
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

  /** The program as described so far. */
  build(): Program {
    return { dtype: this.#g.dtype, buffers: this.#buffers, stages: this.#stages }
  }

  get input(): BufferView {
    return placed('input', this.#facts.input)
  }

  /** The kernel as it is walked: backwards where the convolution flips it. */
  get kernel(): BufferView {
    const { kernel } = this.#facts
    if (!this.#g.flip) return placed('kernel', kernel)
    const offset = this.#g.axes.reduce(
      (sum, axis, i) => sum + (axis.kernel - 1) * kernel.axes[i]!,
      0,
    )
    return { ...placed('kernel', kernel), offset, axes: kernel.axes.map((stride) => -stride) }
  }

  get output(): BufferView {
    return placed('output', this.#facts.output)
  }

  /**
   * What is done to each finished sum; `bias` strides over the loops of the result, given the loop
   * that runs over filters.
   */
  epilogue(filterStrides: readonly number[]): Epilogue | undefined {
    const { bias, offset, activation } = this.#facts
    if (!bias && offset === 0 && activation === undefined) return undefined
    return {
      ...(bias ? { bias: { buffer: 'bias', offset: 0, strides: filterStrides } } : {}),
      ...(offset === 0 ? {} : { offset }),
      ...(activation === undefined ? {} : { activation }),
    }
  }

  /**
   * Where sums are stored: the output itself, or a scratch copy in the compute type (laid out as
   * the output is) that `finish` converts.
   */
  target(): BufferView {
    if (this.#facts.output.dtype === this.#g.dtype) return this.output
    const { filters, batch, axes } = this.#g
    const shape = [batch, filters, ...axes.map((axis) => axis.output)]
    const layout = this.#facts.output
    const strides = denseLike(shape, [layout.outer, layout.channel, ...layout.axes])
    const length = shape.reduce((n, e) => n * e, 1)
    return {
      buffer: this.buffer('sums', 'scratch', length),
      offset: 0,
      outer: strides[0]!,
      channel: strides[1]!,
      axes: strides.slice(2),
    }
  }

  /** Copies finished sums to the output where they are not there already. */
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

const placed = (buffer: string, layout: OperandLayout): BufferView => ({
  buffer,
  offset: 0,
  outer: layout.outer,
  channel: layout.channel,
  axes: layout.axes,
})

/** Strides of a dense array whose axes lie in memory in the order of `like`'s strides. */
export function denseLike(shape: readonly number[], like: readonly number[]): number[] {
  const order = shape
    .map((_, axis) => axis)
    .toSorted((a, b) => Math.abs(like[b]!) - Math.abs(like[a]!) || a - b)
  const dense = rowMajorStrides(order.map((axis) => shape[axis]!))
  const strides = new Array<number>(shape.length)
  order.forEach((axis, i) => {
    strides[axis] = dense[i]!
  })
  return strides
}

export const loop = (name: string, extent: number): Loop => ({ name, extent })

/** Names of spatial loops as people write them: x; y, x; z, y, x; then numbered. */
export function axisName(prefix: string, axis: number, rank: number): string {
  const letters =
    rank <= 3 ? ['z', 'y', 'x'].slice(3 - rank) : Array.from({ length: rank }, (_, i) => `d${i}`)
  return prefix === 'y' ? letters[axis]! : `${prefix}${letters[axis]!}`
}

const operand = (place: BufferView): Move['to'] => ({
  buffer: place.buffer,
  offset: place.offset,
  strides: [place.outer, place.channel, ...place.axes],
})

/** A Move without bounds. */
export function move(loops: readonly Loop[], to: Move['to'], from: Move['from']): Move {
  return { kind: 'move', loops, to, from, bounds: [], outside: 'skip' }
}
