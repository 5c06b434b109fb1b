/**
 * Collects the buffers and stages of a program while an algorithm describes it. Has the caller's
 * arrays as views, and the loops and indices that every algorithm needs:
 *
 *   y[n, filter, q] = Σ_c Σ_u x[n, channel, …] · k[filter, c, u]
 *
 *   filter  = F·g + f      filter f of group g, of F filters per group
 *   channel = C·g + c      channel c of group g, of C channels per group
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
import type { DType } from '../ndarray/dtype.ts'
import { denseStridesLike, elementCount } from '../ndarray/layout.ts'
import {
  at,
  type BufferView,
  type Element,
  type Index,
  loop,
  plus,
  rowMajorView,
  startingAt,
  times,
} from '../program/elements.ts'
import { type Machine, nominalMachine } from '../program/machine.ts'
import type { Buffer, ExternalRole, Program, Role, Stage } from '../program/program.ts'
import { withShares } from '../program/shares.ts'
import type { Loop } from '../program/steps.ts'
import type { Written, WrittenEpilogue } from '../program/write-steps.ts'
import type { Lowering } from './algorithm.ts'
import type { IntegerWeights } from './integers.ts'

export class ProgramBuilder {
  readonly g: ConvGeometry
  readonly descriptors: OperandDescriptors
  /** The processor: it decides the sizes of blocks. */
  readonly machine: Machine
  /** Views of the caller's arrays as [batch, channel, ...axes]. */
  readonly input: BufferView
  readonly output: BufferView
  /**
   * The kernel as [filter, channel of its group, ...taps], in the order of its taps: backwards if
   * the convolution flips it.
   */
  readonly kernel: BufferView
  /** Loops over the batch, the groups, and the filters and channels of one group. */
  readonly n: Loop
  readonly group: Loop
  readonly f: Loop
  readonly c: Loop
  /** Filter f and channel c of the group, counted over all groups. */
  readonly filter: Index
  readonly channel: Index
  /** How weights become whole numbers, where sums are formed as integers. */
  readonly whole: IntegerWeights | undefined
  readonly #buffers: Buffer[] = []
  readonly #stages: Stage[] = []
  #nextNumber = 0

  constructor(
    g: ConvGeometry,
    descriptors: OperandDescriptors,
    { machine }: Lowering = {},
    whole?: IntegerWeights,
  ) {
    this.whole = whole
    const { input, kernel, bias, output } = descriptors
    this.g = g
    this.descriptors = descriptors
    this.machine = machine ?? nominalMachine
    this.input = viewOf('input', input)
    this.output = viewOf('output', output)
    this.kernel = kernelInTapOrder(g, viewOf('kernel', kernel))
    const [filters, channels] = [g.filters / g.groups, g.channels / g.groups]
    this.n = loop('n', g.batch)
    this.group = loop('g', g.groups)
    this.f = loop('f', filters)
    this.c = loop('c', channels)
    this.filter = plus(times(filters, this.group), this.f)
    this.channel = plus(times(channels, this.group), this.c)
    this.#addBuffer('input', { role: 'input', dtype: input.dtype, length: 0 })
    this.#addBuffer('kernel', { role: 'kernel', dtype: kernel.dtype, length: 0 })
    if (bias) this.#addBuffer('bias', { role: 'bias', dtype: g.dtype, length: 0 })
    this.#addBuffer('output', { role: 'output', dtype: output.dtype, length: 0 })
  }

  /** The dtype of the samples that contractions read. */
  get sampleType(): DType {
    return this.whole === undefined ? this.g.dtype : this.descriptors.input.dtype
  }

  /** Adds a buffer that the program owns and returns its name. Default: of the compute type. */
  buffer(kind: string, role: OwnRole, length: number, dtype: DType = this.g.dtype): string {
    return this.#addNumbered(kind, { role, dtype, length })
  }

  /** Adds a buffer with these numbers and returns its name. Default: of the compute type. */
  constant(kind: string, values: readonly number[], dtype: DType = this.g.dtype): string {
    return this.#addNumbered(kind, { role: 'constant', dtype, length: values.length, values })
  }

  /**
   * Adds a constant buffer with numbers computed from the values of a kernel, and returns its name.
   */
  kernelConstant(kind: string, values: readonly number[], dtype: DType = this.g.dtype): string {
    const contents = { role: 'constant', dtype, length: values.length, values } as const
    return this.#addNumbered(kind, { ...contents, ofKernel: true })
  }

  #addNumbered(kind: string, contents: Omit<Buffer, 'name'>): string {
    return this.#addBuffer(`${kind}${this.#nextNumber++}`, contents)
  }

  #addBuffer(name: string, contents: Omit<Buffer, 'name'>): string {
    this.#buffers.push({ name, ...contents })
    return name
  }

  /**
   * Adds a stage: `steps` run in order, for each item of the grid. `alongside`: it may run at the
   * same time as the stages before it (`Stage.alongside`).
   */
  stage(
    name: string,
    grid: readonly Loop[],
    steps: readonly Written[],
    { alongside = false }: { readonly alongside?: boolean } = {},
  ): void {
    this.#addStage(name, grid, steps, false, alongside)
  }

  /** Adds a stage that reads only kernel and constants. It runs once per kernel. */
  prepareStage(name: string, grid: readonly Loop[], steps: readonly Written[]): void {
    this.#addStage(name, grid, steps, true, false)
  }

  #addStage(
    name: string,
    grid: readonly Loop[],
    steps: readonly Written[],
    prepare: boolean,
    alongside: boolean,
  ): void {
    const stage = { name, prepare, grid, steps: steps.map((step) => step(grid)) }
    this.#stages.push({ ...stage, ...(alongside && { alongside }) })
  }

  /** The program with everything added so far. Large stages are cut into grid items. */
  build(): Program {
    return withShares({ dtype: this.g.dtype, buffers: this.#buffers, stages: this.#stages })
  }

  /** A number that every step reads from the same place. */
  number(kind: string, value: number): Element {
    return at(rowMajorView(this.constant(kind, [value]), []))
  }

  /**
   * The epilogue of each finished sum: unit, bias, offset, activation. Undefined if there is none,
   * or if it must wait until a border has been added back. `filter` is the filter of the sum,
   * counted over all groups.
   */
  epilogue(filter: Index = this.filter): WrittenEpilogue | undefined {
    return this.descriptors.padAdjoints === undefined ? this.resultEpilogue(filter) : undefined
  }

  /** The epilogue of each result. Undefined if there is none. */
  resultEpilogue(filter: Index): WrittenEpilogue | undefined {
    const { unit, bias, offset, activation } = this.descriptors
    if (unit === undefined && !bias && offset === 0 && activation === undefined) return undefined
    return {
      ...(unit === undefined ? {} : { unit }),
      ...(bias ? { bias: at({ buffer: 'bias', offset: 0, strides: [1] }, filter) } : {}),
      ...(offset === 0 ? {} : { offset }),
      ...(activation === undefined ? {} : { activation }),
    }
  }

  /**
   * The view to which sums are written; `finishSums` turns them into results. This is the output if
   * sums are results: if no border is added back, and their dtype is the compute type or the steps
   * that write them convert (`converts`). Otherwise it is a new scratch buffer with the layout of
   * the output.
   */
  target(converts = false): BufferView {
    const { g, output, descriptors } = this
    const hasType = converts || this.whole !== undefined || descriptors.output.dtype === g.dtype
    if (hasType && descriptors.padAdjoints === undefined) return output
    const shape = [g.batch, g.filters, ...g.axes.map((axis) => axis.output)]
    const buffer = this.buffer('sums', 'scratch', elementCount(shape))
    return { buffer, offset: 0, strides: denseStridesLike(shape, output.strides) }
  }
}

type OwnRole = Exclude<Role, ExternalRole | 'constant'>

const viewOf = (buffer: string, { outer, channel, axes }: OperandLayout): BufferView => ({
  buffer,
  offset: 0,
  strides: [outer, channel, ...axes],
})

function kernelInTapOrder({ flip, axes }: ConvGeometry, kernel: BufferView): BufferView {
  if (!flip) return kernel
  const [filter, channel, ...taps] = kernel.strides
  const backwards = startingAt(kernel, 0, 0, ...axes.map((axis) => axis.kernel - 1))
  return { ...backwards, strides: [filter!, channel!, ...taps.map((stride) => -stride)] }
}

/**
 * Names of the loops over an axis: x; y, x; z, y, x; for higher ranks d0, d1 and so on. A prefix
 * other than 'y' comes before the name.
 */
export function axisName(prefix: string, axis: number, rank: number): string {
  const letters =
    rank <= 3 ? ['z', 'y', 'x'].slice(3 - rank) : Array.from({ length: rank }, (_, i) => `d${i}`)
  return prefix === 'y' ? letters[axis]! : `${prefix}${letters[axis]!}`
}

/** One loop for each spatial axis. */
export const axisLoops = (prefix: string, extents: readonly number[]): Loop[] =>
  extents.map((extent, a) => loop(axisName(prefix, a, extents.length), extent))
