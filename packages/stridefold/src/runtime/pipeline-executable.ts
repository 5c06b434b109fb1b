/**
 * A pipeline that can run: its block of memory, and the compiled programs of its nodes with their
 * packed weights.
 *
 * Nothing here belongs to a caller. The block lies in memory of the backend that may move when it
 * grows; then every array in it is bound again.
 */

import { isFiniteAndBounded } from '../ndarray/finite.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { fallbackOf } from '../planner/decide.ts'
import type { Bindings, Executable, ExternalLayouts, Scratch } from '../program/backend.ts'
import { backendOf, backendsFor } from './backends.ts'
import { now } from './eventual.ts'
import type { PipelineSettings } from './pipeline-graph.ts'
import {
  hasThreads,
  type PipelinePlan,
  type PlannedArray,
  type PlannedNode,
  threadsOf,
} from './pipeline-plan.ts'

export class PipelineExecutable {
  readonly #plan: PipelinePlan
  readonly #block: Scratch
  /** The executable of each node. */
  readonly #programs: readonly NodeProgram[]
  /** The block for which the arrays were bound, and what each node runs on. */
  #bound: NdArray | undefined
  #bindings: readonly Bindings[] = []
  #arrays: readonly NdArray[] = []

  /** Allocates everything that runs need. `settings`: how programs are compiled. */
  constructor(plan: PipelinePlan, { run, dtype }: PipelineSettings) {
    this.#plan = plan
    const isShared = hasThreads(plan)
    this.#block = plan.backend.scratch(plan.length, dtype, isShared)
    const programs = new Map(
      [...new Set(plan.owners)].map((node) => [
        node,
        new NodeProgram(plan.nodes[node]!, run.deterministic, isShared),
      ]),
    )
    this.#programs = plan.owners.map((owner) => programs.get(owner)!)
    for (const [bias, place] of plan.biases)
      arrayAt(this.#block.array, place).data.set(bias.data as never, place.offset)
    // Every program has its memory now, so no run makes the memory grow.
    for (const program of programs.values()) program.prepare()
    this.#bind()
  }

  /** The number of nodes. */
  get length(): number {
    return this.#programs.length
  }

  /** An array of the graph, in canonical order. Valid until the memory grows. */
  array(index: number): NdArray {
    this.#bind()
    return this.#arrays[index]!
  }

  /** Runs one node. */
  run(node: number): void {
    this.#bind()
    this.#programs[node]!.run(this.#bindings[node]!)
  }

  /** Binds the arrays again if the block has moved. */
  #bind(): void {
    const block = this.#block.array
    if (block === this.#bound) return
    const { arrays, biases, nodes } = this.#plan
    const all = arrays.map((place) => arrayAt(block, place))
    this.#arrays = all
    this.#bindings = nodes.map(({ source, target, work }, node): Bindings => {
      const bias =
        work.kind === 'layer' && work.bias !== undefined ? biases.get(work.bias) : undefined
      const addend = work.kind === 'elements' ? work.addend : undefined
      return {
        ...{ input: all[source]!, output: all[target]!, kernel: this.#programs[node]!.kernel },
        bias: bias && arrayAt(block, bias),
        addend: addend === undefined ? undefined : all[addend]!,
      }
    })
    this.#bound = block
  }

  dispose(): void {
    for (const program of new Set(this.#programs)) program.dispose()
    this.#block.release()
  }
}

const arrayAt = (block: NdArray, { shape, strides, offset }: PlannedArray): NdArray =>
  view(block.data, shape, { strides, offset })

/** The compiled program of a node, and of its fallback. */
class NodeProgram {
  /** The weights in canonical order. */
  readonly kernel: NdArray
  readonly #node: PlannedNode
  readonly #isDeterministic: boolean
  readonly #isShared: boolean
  readonly #executable: Executable
  #fallback: NodeProgram | undefined

  /** `isShared`: whether its arrays lie in the memory that threads share. */
  constructor(node: PlannedNode, isDeterministic: boolean, isShared: boolean) {
    this.#node = node
    this.#isDeterministic = isDeterministic
    this.#isShared = isShared
    this.kernel = node.layer?.kernel ?? view(new Float32Array(0), [0])
    const { backend, program, externals } = node
    this.#executable = backend.compile(program, isShared ? shared(externals) : externals, {
      deterministic: isDeterministic,
      threadCount: threadsOf(node),
    })
  }

  prepare(): void {
    now(this.#executable.prepare(this.kernel))
  }

  run(bindings: Bindings): void {
    const needed = this.#node.layer?.decision.fallback?.when
    const isSuited =
      needed === undefined ||
      needed.every((condition) => condition === 'guard' || isFiniteAndBounded(bindings[condition]))
    if (!isSuited) return this.#runFallback(bindings)
    now(this.#executable.run(bindings, true))
    if (needed?.includes('guard') === true && this.#executable.guardTripped())
      this.#runFallback(bindings)
  }

  /** Computes the results that this program cannot. Compiled for the first arrays that need it. */
  #runFallback(bindings: Bindings): void {
    if (this.#fallback === undefined) {
      const { problem, decision, kernel } = this.#node.layer!
      const backends = backendsFor(problem.options.backend, false)
      const other = fallbackOf(decision, problem, backends)
      const backend = backendOf(other)
      const { program } = other
      const layer = { problem, decision: other, kernel }
      const node = { ...this.#node, program, backend, layer }
      this.#fallback = new NodeProgram(node, this.#isDeterministic, this.#isShared)
      this.#fallback.prepare()
    }
    this.#fallback.run(bindings)
  }

  dispose(): void {
    this.#executable.dispose()
    this.#fallback?.dispose()
  }
}

/** The layouts of arrays in the memory that threads share. */
const shared = (externals: ExternalLayouts): ExternalLayouts =>
  Object.fromEntries(
    Object.entries(externals).map(([role, layout]) => [role, { ...layout, scratch: false }]),
  )
