/**
 * How is a pipeline computed? For every node a program, and for every array its strides and its
 * place in one block of memory.
 *
 * The arrays between the nodes have the channels first or last, all of them alike: the planner
 * predicts both and takes the faster. Input and result have the layout of the pipeline. A layer
 * reads and writes any strides, so no array is ever reordered.
 */

import { isChannelsLast } from '../geometry/layouts.ts'
import type { OperandLayout } from '../geometry/operands.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { elementCount, rowMajorStrides } from '../ndarray/layout.ts'
import { memorySpanOf } from '../ndarray/memory.ts'
import { type NdArray, placeholder } from '../ndarray/ndarray.ts'
import { decide } from '../planner/decide.ts'
import { decideElementwise, decideMaxPool, type StepDecision } from '../planner/decide-step.ts'
import type { Decision } from '../planner/decision.ts'
import {
  type LivingArray,
  type Placement,
  placeArrays,
  placeInBuffers,
} from '../planner/place-arrays.ts'
import { minRemote } from '../planner/threads.ts'
import { layoutOf, problemOf } from '../problem/operands.ts'
import type { Problem } from '../problem/problem.ts'
import type { Backend, ExternalLayout, ExternalLayouts } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { backendOf, backendsFor } from './backends.ts'
import {
  type Graph,
  type GraphNode,
  type LayerWork,
  type PipelineSettings,
  runsOnGpu,
} from './pipeline-graph.ts'
import { canonicalKernel, knownKernel } from './planned.ts'
import { inStep } from './read-steps.ts'
import { currentTuning, tunedBackends } from './tuning.ts'

/** An array in the block: in canonical order, [batch, channels, ...axes]. */
export interface PlannedArray {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  /** The buffer in which it lies: 0 for the block. */
  readonly buffer: number
  /** Elements from the start of the buffer. */
  readonly offset: number
}

export interface PlannedNode extends GraphNode {
  readonly program: Program
  readonly backend: Backend
  readonly externals: ExternalLayouts
  /** The predicted time of a run. */
  readonly milliseconds: number
  /** Of layers only. */
  readonly layer:
    | { readonly problem: Problem; readonly decision: Decision; readonly kernel: NdArray }
    | undefined
  /** Nodes with equal keys compute the same, but for their weights and biases. */
  readonly key: string
}

export interface PipelinePlan {
  readonly nodes: readonly PlannedNode[]
  /** Of each node the first with the same program and weights: they share an executable. */
  readonly owners: readonly number[]
  readonly arrays: readonly PlannedArray[]
  readonly biases: ReadonlyMap<NdArray, PlannedArray>
  /** Elements of all buffers. */
  readonly length: number
  /** Elements of each buffer: one block, or on the GPU several buffers. */
  readonly buffers: readonly number[]
  /** The backend that owns the block. */
  readonly backend: Backend
  /** The predicted time of all nodes. */
  readonly milliseconds: number
  /** Whether the arrays between the nodes have their channels last. */
  readonly hasChannelsLast: boolean
}

/** Decisions for equal layers with equal strides, by the key of their node. */
type Decisions = Map<string, Decision>

/** The backends among which a layer chooses. */
export const layerBackends = (name: PipelineSettings['run']['backend']): readonly Backend[] =>
  backendsFor(name, name === 'webgpu')

/** The faster of the two plans, as predicted. */
export function planPipeline(graph: Graph, settings: PipelineSettings): PipelinePlan {
  const decisions: Decisions = new Map()
  const { layout, inputShape } = settings
  const isLast = isChannelsLast('pipeline', layout, inputShape.length - 2)
  const asGiven = planWith(graph, settings, isLast, decisions)
  if (graph.shapes.length <= 2) return asGiven
  const other = planWith(graph, settings, !isLast, decisions)
  return other.milliseconds < asGiven.milliseconds ? other : asGiven
}

/** The backend that the caller named, or the first that this engine has. */
function blockBackend({ run }: PipelineSettings): Backend {
  const allowed = allowedBackends(run.backend)
  return allowed.find((backend) => backend.missing() === undefined) ?? allowed[0]!
}

/**
 * Both kinds of runs share one plan, so every backend must be able to run synchronously; on the GPU
 * all runs are asynchronous.
 */
const allowedBackends = (name: PipelineSettings['run']['backend']): readonly Backend[] => {
  const all = backendsFor(name, name === 'webgpu')
  return name === 'auto' ? all : all.filter((backend) => backend.name === name)
}

/** The plan whose arrays between the nodes have their channels last, or first. */
export function planWith(
  graph: Graph,
  settings: PipelineSettings,
  hasChannelsLast: boolean,
  decisions: Decisions = new Map(),
): PipelinePlan {
  const { dtype, layout } = settings
  const isLast = isChannelsLast('pipeline', layout, settings.inputShape.length - 2)
  const unplaced = graph.shapes.map((shape, index) => {
    const isOutside = index === 0 || index === graph.output
    const canonical = isLast ? [shape[0]!, shape.at(-1)!, ...shape.slice(1, -1)] : shape
    return {
      shape: canonical,
      strides: denseStrides(canonical, isOutside ? isLast : hasChannelsLast),
    }
  })
  const arrays = unplaced.map(({ shape, strides }): NdArray => {
    return { ...placeholder(shape, dtype), strides }
  })
  const nodes = graph.nodes.map((node) =>
    inStep(node.step, node.call, () => planNode(node, arrays, settings, decisions)),
  )
  const biases = [
    ...new Set(nodes.flatMap(({ work }) => (work.kind === 'layer' ? (work.bias ?? []) : []))),
  ]
  const { bytes } = dtypes[dtype]
  const living = [
    ...arrays.map(({ shape }, index) => ({
      bytes: elementCount(shape) * bytes,
      ...lifetime(graph, index),
    })),
    ...biases.map((bias) => ({
      ...{ bytes: bias.data.byteLength, first: -1, last: graph.nodes.length },
    })),
  ]
  const places = runsOnGpu(settings)
    ? placeInBuffers(living.slice(0, arrays.length).map(keptOutside(graph)))
    : inOneBlock(placeArrays(living))
  const placeOf = (index: number): Pick<PlannedArray, 'buffer' | 'offset'> => ({
    buffer: places.buffers[index] ?? 0,
    offset: (places.offsets[index] ?? 0) / bytes,
  })
  return {
    owners: nodes.map((node) => nodes.findIndex((first) => isSameProgram(first, node))),
    ...{ nodes, hasChannelsLast, backend: blockBackend(settings) },
    length: places.bytes.reduce((sum, size) => sum + size, 0) / bytes,
    buffers: places.bytes.map((size) => size / bytes),
    arrays: unplaced.map((array, index) => ({ ...array, ...placeOf(index) })),
    biases: new Map(
      biases.map((bias, index) => {
        const { shape, strides } = bias
        return [bias, { shape, strides, ...placeOf(arrays.length + index) }]
      }),
    ),
    milliseconds: nodes.reduce((sum, node) => sum + node.milliseconds, 0),
  }
}

function isSameProgram(a: PlannedNode, b: PlannedNode): boolean {
  if (a.key !== b.key || a.work.kind !== b.work.kind) return false
  if (a.work.kind !== 'layer' || b.work.kind !== 'layer') return true
  return a.work.weight === b.work.weight && a.work.bias === b.work.bias
}

/** How many threads share the program of a node. */
export const threadsOf = ({ layer }: PlannedNode): number => layer?.decision.threads.count ?? 1

/** Whether the block lies in memory that threads share: they share programs, or workers run all. */
export const isInSharedMemory = (plan: PipelinePlan): boolean =>
  isForWorkers(plan) || plan.nodes.some((node) => threadsOf(node) > 1)

/** Whether asynchronous runs leave their work to workers. */
export const isForWorkers = ({ nodes, milliseconds }: PipelinePlan): boolean =>
  milliseconds >= minRemote &&
  nodes.every(({ backend }) => backend.threadLimit().remote === 'shared')

/**
 * The bytes of a plan: the block, packed weights and scratch. The copies of weights and biases on
 * the heap, too: they are packed again after `close()`.
 */
export function workspaceOf(plan: PipelinePlan, { run, dtype }: PipelineSettings): number {
  const { nodes, owners, length } = plan
  // The caller may run other programs while workers run these.
  const arenas = isForWorkers(plan) ? 2 : 1
  // On the GPU no node shares its program with another: they are in one submission.
  const all = run.backend === 'webgpu' ? nodes.keys() : owners
  const parts = [...new Set(all)].map((node) => {
    const { backend, program, externals } = nodes[node]!
    return backend.workspaceParts(program, externals, {
      ...run,
      threadCount: threadsOf(nodes[node]!),
    })
  })
  const copies = new Set(
    nodes
      .flatMap(({ work }) => (work.kind === 'layer' ? [work.weight, work.bias ?? []] : []))
      .flat(),
  )
  return (
    length * dtypes[dtype].bytes +
    parts.reduce((sum, { own }) => sum + own, 0) +
    arenas * Math.max(...parts.map(({ shared }) => shared)) +
    [...copies].reduce((sum, { data }) => sum + data.byteLength, 0)
  )
}

/** Dense strides of [batch, channels, ...axes], with the channels inside the axes or not. */
function denseStrides(shape: readonly number[], channelsInside: boolean): number[] {
  if (!channelsInside) return rowMajorStrides(shape)
  const [batch, channels, ...axes] = shape as [number, number, ...number[]]
  const [outer, ...inner] = rowMajorStrides([batch, ...axes, channels]) as [number, ...number[]]
  return [outer, inner.at(-1)!, ...inner.slice(0, -1)]
}

/** The input is written before the first node, and the result is read behind the last. */
function lifetime(graph: Graph, array: number): { readonly first: number; readonly last: number } {
  const uses = graph.nodes.flatMap(({ source, target, work }, node) =>
    [source, target, work.kind === 'elements' ? work.addend : undefined].includes(array)
      ? [node]
      : [],
  )
  const first = array === 0 ? -1 : uses[0]!
  return { first, last: array === graph.output ? graph.nodes.length : (uses.at(-1) ?? first) }
}

/** An array of the block: in the backend's memory, and of no caller. */
const inBlock = (x: NdArray): ExternalLayout => ({
  ...memorySpanOf(x),
  ...{ inBackendMemory: true, scratch: true },
})

/** An array on the GPU. */
export const onGpuLayout = (x: NdArray): ExternalLayout => ({ ...memorySpanOf(x), onGpu: true })

const layoutIn = (settings: Pick<PipelineSettings, 'run'>): ((x: NdArray) => ExternalLayout) =>
  runsOnGpu(settings) ? onGpuLayout : inBlock

/** On the GPU, input and result share their buffers with no other array: both outlive a run. */
const keptOutside =
  (graph: Graph) =>
  (array: LivingArray, index: number): LivingArray =>
    index === 0 || index === graph.output
      ? { ...array, first: -1, last: graph.nodes.length }
      : array

interface Places {
  readonly buffers: readonly number[]
  readonly offsets: readonly number[]
  /** The bytes of each buffer. */
  readonly bytes: readonly number[]
}

const inOneBlock = ({ offsets, bytes }: Placement): Places => ({
  ...{ buffers: [], offsets, bytes: [bytes] },
})

function planNode(
  node: GraphNode,
  arrays: readonly NdArray[],
  settings: PipelineSettings,
  decisions: Decisions,
): PlannedNode {
  const [input, output] = [arrays[node.source]!, arrays[node.target]!]
  const { work } = node
  const strides = `${input.strides} ${output.strides}`
  if (work.kind === 'layer') {
    const key = `${work.question.key} ${strides}`
    const layer = planLayer(work, input, output, settings, { key, decisions })
    const { decision, problem } = layer
    const { program, backend, algorithm } = decision
    return {
      ...{ ...node, layer, program, externals: problem.spans, backend: backendOf({ backend }) },
      milliseconds: decision.compared.find((c) => c.algorithm === algorithm)!.milliseconds,
      key,
    }
  }
  const layouts = { input: layoutOf(input), output: layoutOf(output) }
  const allowed = allowedBackends(settings.run.backend)
  const inPlace = layoutIn(settings)
  const outside = { input: inPlace(input), output: inPlace(output) }
  const planned = (
    { program, backend, milliseconds }: StepDecision,
    externals: ExternalLayouts,
    key: string,
  ): PlannedNode => ({
    ...{ ...node, program, externals, milliseconds, layer: undefined, key: `${key} ${strides}` },
    backend: backendOf({ backend }),
  })
  if (work.kind === 'maximum') {
    const { geometry } = work
    const decision = decideMaxPool(geometry, layouts, allowed, settings.run)
    return planned(decision, outside, `maximum ${geometry.key}`)
  }
  const addend = work.addend === undefined ? undefined : arrays[work.addend]!
  const { factors, activation } = work
  const parts = {
    ...{ ...layouts, shape: input.shape, dtype: settings.dtype, factors, activation },
    addend: addend && (layoutOf(addend) as OperandLayout),
  }
  const decision = decideElementwise(parts, allowed, settings.run)
  const functions = `${factors} ${Object.values(activation ?? {})}`
  const key = `elements ${input.shape} ${addend?.strides} ${functions}`
  return planned(
    decision,
    { ...outside, ...(addend === undefined ? {} : { addend: inPlace(addend) }) },
    key,
  )
}

function planLayer(
  { question, weight, bias }: LayerWork,
  input: NdArray,
  output: NdArray,
  settings: PipelineSettings,
  { key, decisions }: { readonly key: string; readonly decisions: Decisions },
): NonNullable<PlannedNode['layer']> {
  const kernel = canonicalKernel(question, weight)
  const known = knownKernel(question, weight, false)
  const problem = problemOf(question, { input, kernel, bias, output }, known?.properties)
  const inPlace = layoutIn(settings)
  const spans = {
    ...{ input: inPlace(input), kernel: problem.spans.kernel, output: inPlace(output) },
    ...(bias === undefined ? {} : { bias: inPlace(bias) }),
  }
  const placed = { ...problem, spans }
  const decision =
    decisions.get(key) ??
    decide(placed, tunedBackends(layerBackends(question.options.backend), currentTuning()))
  // Of known values the decision may be of use for these values only.
  if (known === undefined) decisions.set(key, decision)
  return { problem: placed, decision, kernel }
}
