/**
 * A pipeline on the GPU: its arrays and programs there. A run is one submission, and no array is
 * copied between two steps.
 *
 *   input ─► node ─► array ─► node ─► array ─► node ─► result
 *
 * A shader cannot read from one part of a buffer and write to another, so the arrays do not lie in
 * one block: those that never live at the same time share a buffer.
 *
 * Arrays of the caller that lie on the GPU take the place of the first and of the last array. If
 * their strides differ from those that the programs were made for, another program copies them, in
 * the same submission.
 */

import { gpuMissing } from '../backends/webgpu/device/open.ts'
import { openGpu } from '../backends/webgpu/webgpu.ts'
import { OptionError, UnavailableError } from '../errors.ts'
import { elementCount } from '../ndarray/layout.ts'
import {
  allocateArray,
  isOnGpu,
  isOnOpenGpu,
  lent,
  uploaded,
  writeDevice,
} from '../ndarray/memory.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { decideElementwise } from '../planner/decide-step.ts'
import { layoutOf } from '../problem/operands.ts'
import type { Backend, Bindings, Executable, ProgramRun } from '../program/backend.ts'
import { copyWork } from './copy-work.ts'
import { finishInTurn } from './pace.ts'
import { fallbackNode } from './pipeline-executable.ts'
import type { PipelineSettings } from './pipeline-graph.ts'
import { onGpuLayout, type PipelinePlan, type PlannedNode } from './pipeline-plan.ts'
import type { Turn } from './turns.ts'

/** What lies on one device, as long as it is open. */
interface OnDevice {
  readonly buffers: readonly NdArray[]
  readonly biases: ReadonlyMap<NdArray, NdArray>
}

export class PipelineOnGpu {
  readonly #plan: PipelinePlan
  readonly #settings: PipelineSettings
  readonly #executables: (Executable | undefined)[]
  readonly #fallbacks: (Executable | undefined)[] = []
  /** Programs that copy arrays of the caller, by both layouts. */
  readonly #copies = new Map<string, Executable>()
  #there: OnDevice | undefined
  /** The elements of an input or a result on the heap, in the order of the programs. */
  #staging: NdArray | undefined

  /** Compiles all programs. The first run allocates what they need. */
  constructor(plan: PipelinePlan, settings: PipelineSettings) {
    this.#plan = plan
    this.#settings = settings
    this.#executables = plan.nodes.map((node) => this.#compile(node))
  }

  /**
   * Runs all nodes. `input`, `output`: in canonical order, on the heap or on the GPU. Without
   * `output` the result goes to the pipeline's own array there. Resolves with the result.
   */
  async run(
    input: NdArray,
    output: NdArray | undefined,
    resultIndex: number,
    turn: Turn,
  ): Promise<NdArray> {
    if (gpuMissing() !== undefined) await openGpu()
    const { buffers, biases } = this.#open()
    const arrays = this.#plan.arrays.map(({ shape, strides, buffer }) =>
      view(buffers[buffer]!.data, shape, { strides }),
    )
    const before: ProgramRun[] = []
    const after: ProgramRun[] = []
    await this.#bringInput(input, arrays, before, turn)
    const result = output ?? lent(arrays[resultIndex]!)
    const heapResult = this.#placeResult(result, arrays, resultIndex, after)
    const tripped = new Set<number>()
    for (;;) {
      const nodes = this.#plan.nodes.map(
        (node, n): ProgramRun => ({
          executable: tripped.has(n) ? this.#fallback(n) : this.#executables[n]!,
          bindings: bindingsOf(node, arrays, biases),
        }),
      )
      await this.#submit([...before, ...nodes, ...after], turn)
      const found = nodes.findIndex(
        ({ executable }, n) =>
          !tripped.has(n) && hasGuard(this.#plan.nodes[n]!) && executable.guardTripped(),
      )
      if (found < 0) break
      // Arrays that share a buffer were overwritten: all of it runs again.
      tripped.add(found)
    }
    if (heapResult !== undefined && heapResult !== result)
      await finishInTurn(copyWork(heapResult, result), turn)
    return result
  }

  async #submit(runs: readonly ProgramRun[], { signal }: Turn): Promise<void> {
    try {
      await this.#backend.runTogether!(runs, signal)
    } catch (cause) {
      // Buffers for which there was no memory stay invalid: the next run makes new ones.
      if (cause instanceof UnavailableError) this.#release()
      throw cause
    }
  }

  get #backend(): Backend {
    return this.#plan.backend
  }

  /** The buffers on the device that is open now. */
  #open(): OnDevice {
    const known = this.#there
    if (known?.buffers.every(isOnOpenGpu) === true) return known
    const { dtype } = this.#settings
    const buffers = this.#plan.buffers.map((length) => allocateArray([length], dtype, 'gpu'))
    const biases = new Map([...this.#plan.biases.keys()].map((bias) => [bias, uploaded(bias)]))
    this.#there = { buffers, biases }
    return this.#there
  }

  /** Brings the input to the first array, or puts it in its place. */
  async #bringInput(
    input: NdArray,
    arrays: NdArray[],
    before: ProgramRun[],
    turn: Turn,
  ): Promise<void> {
    const first = arrays[0]!
    if (isOnGpu(input)) {
      this.#checkType(input, 'the input')
      if (haveSameSteps(input, first)) arrays[0] = input
      else before.push(this.#copyRun(input, first))
      return
    }
    const { dtype } = this.#settings
    const isReady =
      input.dtype === dtype && input.untyped === undefined && haveSameSteps(input, first)
    if (!isReady) await finishInTurn(copyWork(input, this.#staged(first)), turn)
    const { data, offset, shape } = isReady ? input : this.#staged(first)
    writeDevice(
      this.#there!.buffers[this.#plan.arrays[0]!.buffer]!,
      data.subarray(offset, offset + elementCount(shape)),
    )
  }

  /**
   * Puts the result in the place of the last array, or adds a copy. Returns the array on the heap
   * that the programs write, if the result lies there.
   */
  #placeResult(
    result: NdArray,
    arrays: NdArray[],
    index: number,
    after: ProgramRun[],
  ): NdArray | undefined {
    const last = arrays[index]!
    if (isOnGpu(result)) {
      if (haveSameSteps(result, last)) arrays[index] = result
      else after.push(this.#copyRun(last, result))
      return undefined
    }
    arrays[index] = haveSameSteps(result, last) ? result : this.#staged(last)
    return arrays[index]
  }

  /** A dense array on the heap with the strides of an array of the pipeline. */
  #staged({ shape, strides, dtype }: NdArray): NdArray {
    const count = elementCount(shape)
    if (this.#staging === undefined || this.#staging.data.length < count)
      this.#staging = allocateArray([count], dtype)
    return view(this.#staging.data, shape, { strides })
  }

  #checkType({ dtype }: NdArray, what: string): void {
    if (dtype === this.#settings.dtype) return
    throw new OptionError(
      'ON_GPU',
      `pipeline: ${what} lies on the GPU and is ${dtype}; only ${this.#settings.dtype} can be ` +
        'used there. Bring it back: await read(x).',
    )
  }

  /** The program that copies one array to another. */
  #copyRun(input: NdArray, output: NdArray): ProgramRun {
    const key = `${input.strides} ${output.shape} ${output.strides}`
    let executable = this.#copies.get(key)
    if (executable === undefined) {
      const layouts = { input: layoutOf(input), output: layoutOf(output) }
      const { dtype, run } = this.#settings
      const parts = { ...layouts, shape: output.shape, dtype }
      const { program } = decideElementwise(parts, [this.#backend], run)
      const spans = { input: onGpuLayout(input), output: onGpuLayout(output) }
      executable = this.#backend.compile(program, spans, run)
      this.#copies.set(key, executable)
      if (this.#copies.size > maxCopies) {
        const [oldest, dropped] = this.#copies.entries().next().value!
        this.#copies.delete(oldest)
        dropped.dispose()
      }
    }
    return { executable, bindings: { input, output, kernel: noKernel } }
  }

  #compile({ program, externals }: PlannedNode): Executable {
    const { deterministic } = this.#settings.run
    return this.#backend.compile(program, externals, { deterministic })
  }

  #fallback(n: number): Executable {
    this.#fallbacks[n] ??= this.#compile(fallbackNode(this.#plan.nodes[n]!))
    return this.#fallbacks[n]
  }

  dispose(): void {
    for (const one of [...this.#executables, ...this.#fallbacks, ...this.#copies.values()])
      one?.dispose()
    this.#release()
  }

  #release(): void {
    for (const array of [...(this.#there?.buffers ?? []), ...(this.#there?.biases.values() ?? [])])
      array.release()
    this.#there = undefined
  }
}

/** Copying programs for so many layouts are kept: for inputs and results. */
const maxCopies = 8

const noKernel = view(new Float32Array(0), [0])

const hasGuard = ({ layer }: PlannedNode): boolean =>
  layer?.decision.fallback?.when.includes('guard') === true

function bindingsOf(
  { source, target, work, layer }: PlannedNode,
  arrays: readonly NdArray[],
  biases: ReadonlyMap<NdArray, NdArray>,
): Bindings {
  const bias = work.kind === 'layer' && work.bias !== undefined ? biases.get(work.bias) : undefined
  const addend = work.kind === 'elements' ? work.addend : undefined
  return {
    ...{ input: arrays[source]!, output: arrays[target]!, kernel: layer?.kernel ?? noKernel },
    ...{ bias, addend: addend === undefined ? undefined : arrays[addend]! },
  }
}

/** Whether two arrays of one shape have the same strides, wherever they begin. */
const haveSameSteps = (a: NdArray, b: NdArray): boolean =>
  a.shape.every((extent, axis) => extent === 1 || a.strides[axis] === b.strides[axis])
