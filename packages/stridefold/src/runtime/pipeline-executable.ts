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
import { backendOf } from './backends.ts'
import { now } from './eventual.ts'
import type { PipelineSettings } from './pipeline-graph.ts'
import {
  isForWorkers,
  isInSharedMemory,
  layerBackends,
  type PipelinePlan,
  type PlannedArray,
  type PlannedNode,
  threadsOf,
} from './pipeline-plan.ts'

export class PipelineExecutable {
  /** Whether `runLater` leaves the work to workers. */
  readonly isForWorkers: boolean
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
    const isShared = isInSharedMemory(plan)
    const forWorkers = isForWorkers(plan)
    const compiledFor = { isShared, forWorkers, isDeterministic: run.deterministic }
    this.#block = plan.backend.scratch(plan.length, dtype, isShared)
    const programs = new Map(
      [...new Set(plan.owners)].map((node) => [
        node,
        new NodeProgram(plan.nodes[node]!, compiledFor),
      ]),
    )
    this.#programs = plan.owners.map((owner) => programs.get(owner)!)
    for (const [bias, place] of plan.biases)
      arrayAt(this.#block.array, place).data.set(bias.data as never, place.offset)
    // Every program has its memory now, so no run makes the memory grow.
    for (const program of programs.values()) program.prepare()
    this.isForWorkers = forWorkers && [...programs.values()].every((one) => one.isForWorkers)
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

  /** Runs one node on workers. */
  runLater(node: number, signal: AbortSignal | undefined): Promise<void> {
    this.#bind()
    return this.#programs[node]!.runLater(this.#bindings[node]!, signal)
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

/** How the programs of a pipeline are compiled. */
interface CompiledFor {
  readonly isDeterministic: boolean
  /** Whether the arrays lie in the memory that threads share. */
  readonly isShared: boolean
  /** Whether workers run asynchronous runs. */
  readonly forWorkers: boolean
}

/** The compiled program of a node, and of its fallback. */
class NodeProgram {
  /** The weights in canonical order. */
  readonly kernel: NdArray
  readonly #node: PlannedNode
  readonly #compiledFor: CompiledFor
  readonly #executable: Executable
  #remote: Executable | undefined
  #fallback: NodeProgram | undefined

  constructor(node: PlannedNode, compiledFor: CompiledFor) {
    this.#node = node
    this.#compiledFor = compiledFor
    this.kernel = node.layer?.kernel ?? view(new Float32Array(0), [0])
    const { backend, program, externals } = node
    const { isShared, forWorkers, isDeterministic } = compiledFor
    this.#executable = backend.compile(program, isShared ? shared(externals) : externals, {
      ...{ deterministic: isDeterministic, threadCount: threadsOf(node), forWorkers },
    })
  }

  /** Packs the weights, and allocates the memory of runs. */
  prepare(): void {
    now(this.#executable.prepare(this.kernel))
    this.#remote = this.#executable.onWorkers?.()
  }

  /** Whether workers can run it. Known when it is prepared. */
  get isForWorkers(): boolean {
    return this.#remote !== undefined
  }

  run(bindings: Bindings): void {
    if (!this.#isSuited(bindings)) return this.#fallbackProgram().run(bindings)
    now(this.#executable.run(bindings, true))
    if (this.#hasGuard && this.#executable.guardTripped()) this.#fallbackProgram().run(bindings)
  }

  /** The same on workers. */
  async runLater(bindings: Bindings, signal: AbortSignal | undefined): Promise<void> {
    const remote = this.#remote!
    const fallback = (): Promise<void> => this.#fallbackProgram().runLater(bindings, signal)
    if (!this.#isSuited(bindings)) return fallback()
    await remote.run(bindings, true, undefined, signal)
    if (this.#hasGuard && remote.guardTripped()) await fallback()
  }

  get #hasGuard(): boolean {
    return this.#node.layer?.decision.fallback?.when.includes('guard') === true
  }

  #isSuited(bindings: Bindings): boolean {
    const needed = this.#node.layer?.decision.fallback?.when ?? []
    return needed.every(
      (condition) => condition === 'guard' || isFiniteAndBounded(bindings[condition]),
    )
  }

  /** Computes the results that this program cannot. Compiled for the first arrays that need it. */
  #fallbackProgram(): NodeProgram {
    if (this.#fallback !== undefined) return this.#fallback
    this.#fallback = new NodeProgram(fallbackNode(this.#node), this.#compiledFor)
    this.#fallback.prepare()
    return this.#fallback
  }

  dispose(): void {
    this.#executable.dispose()
    this.#fallback?.dispose()
  }
}

/** The node with the program that computes the results which its own cannot. */
export function fallbackNode(node: PlannedNode): PlannedNode {
  const { problem, decision, kernel } = node.layer!
  const other = fallbackOf(decision, problem, layerBackends(problem.options.backend))
  const layer = { problem, decision: other, kernel }
  return { ...node, program: other.program, backend: backendOf(other), layer }
}

/** The layouts of arrays in the memory that threads share. */
const shared = (externals: ExternalLayouts): ExternalLayouts =>
  Object.fromEntries(
    Object.entries(externals).map(([role, layout]) => [role, { ...layout, scratch: false }]),
  )
