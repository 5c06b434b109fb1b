/**
 * What is computed for the steps of a pipeline, and into which arrays? Shapes, weights and options
 * become nodes: layers, maxima and functions of single elements.
 *
 *   steps    conv2d → activation → averagePool2d → add, with step 1 → activation
 *   nodes    layer with its activation → layer → elements: sum and activation, in place
 *
 * An activation joins the node before it, if nothing else reads that node's result. A mean is a
 * layer with equal weights. A function of elements writes into an array that nothing reads later,
 * except on the GPU.
 */

import { OptionError } from '../errors.ts'
import { validateBias } from '../geometry/bias.ts'
import type { CheckedLayerOptions } from '../geometry/checked-options.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { isChannelsLast, layerRoles } from '../geometry/layouts.ts'
import type { Layout } from '../geometry/options.ts'
import { isMaxPool } from '../geometry/pool-calls.ts'
import { poolGeometry, samplesInWindows } from '../geometry/pool-geometry.ts'
import {
  type Activation,
  type EpilogueActivation,
  epilogueActivation,
} from '../ndarray/activation.ts'
import { copy } from '../ndarray/copy.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import type { Question } from '../problem/problem.ts'
import { questionOf, questionOfGeometry } from '../problem/question.ts'
import { type CheckedStep, inStep, type ValueIndex } from './read-steps.ts'

/** What the whole pipeline is made for. Every option has a value. */
export interface PipelineSettings {
  readonly inputShape: readonly number[]
  readonly dtype: ComputeDType
  readonly layout: Layout
  /** The options of every layer that the pipeline sets. */
  readonly run: Pick<CheckedLayerOptions, 'backend' | 'deterministic' | 'threads'>
}

/** Whether the arrays lie on the GPU. There no program reads and writes the same array. */
export const runsOnGpu = ({ run }: Pick<PipelineSettings, 'run'>): boolean =>
  run.backend === 'webgpu'

/** An array of the pipeline, by its number. 0 is the copy of the input. */
export type ArrayIndex = number

/** A layer: its question, and private copies of its weights in the compute type. */
export interface LayerWork {
  readonly kind: 'layer'
  readonly question: Question
  readonly weight: NdArray
  readonly bias: NdArray | undefined
}

export interface MaximumWork {
  readonly kind: 'maximum'
  readonly geometry: ConvGeometry
}

/** See `elementwiseProgram`. */
export interface ElementsWork {
  readonly kind: 'elements'
  readonly addend: ArrayIndex | undefined
  readonly factors: readonly number[] | undefined
  readonly activation: EpilogueActivation | undefined
}

export interface GraphNode {
  /** The step that it computes, for messages. With its activation it also computes the next. */
  readonly step: number
  readonly call: string
  readonly work: LayerWork | MaximumWork | ElementsWork
  readonly source: ArrayIndex
  readonly target: ArrayIndex
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  /** The shapes of the arrays, in the layout of the pipeline. */
  readonly shapes: readonly (readonly number[])[]
  /** The array with the result. */
  readonly output: ArrayIndex
  /** The call of each step, and the shape of its result. */
  readonly calls: readonly string[]
  readonly stepShapes: readonly (readonly number[])[]
  /** Of each step the node that computes it; of a joined activation that of the step before. */
  readonly nodeOfStep: readonly number[]
}

export function pipelineGraph(steps: readonly CheckedStep[], settings: PipelineSettings): Graph {
  return new GraphBuilder(steps, settings).graph()
}

class GraphBuilder {
  readonly #steps: readonly CheckedStep[]
  readonly #settings: PipelineSettings
  readonly #nodes: GraphNode[] = []
  readonly #shapes: (readonly number[])[]
  /** The array of each step's result. */
  readonly #arrays: ArrayIndex[] = []
  readonly #nodeOfStep: number[] = []
  /** Copies of weights and biases, by what the caller gave. */
  readonly #copies = new Map<unknown, NdArray>()

  constructor(steps: readonly CheckedStep[], settings: PipelineSettings) {
    this.#steps = steps
    this.#settings = settings
    this.#shapes = [settings.inputShape]
  }

  graph(): Graph {
    const stepShapes: (readonly number[])[] = []
    for (let index = 0; index < this.#steps.length; index++) {
      const step = this.#steps[index]!
      inStep(index, step.call, () => this.#add(step, index))
      const shape = this.#shapes[this.#arrays[index]!]!
      stepShapes.push(shape)
      if (this.#arrays.length === index + 1) continue
      // The activation behind this step was added with it.
      stepShapes.push(shape)
      index++
    }
    return {
      ...{ nodes: this.#nodes, shapes: this.#shapes, stepShapes },
      calls: this.#steps.map(({ call }) => call),
      ...{ output: this.#arrays.at(-1)!, nodeOfStep: this.#nodeOfStep },
    }
  }

  #add(step: CheckedStep, index: number): void {
    switch (step.kind) {
      case 'layer':
        return this.#addLayer(step, index)
      case 'pool':
        return this.#addPool(step, index)
      case 'add':
        return this.#addSum(step, index)
      case 'activation': {
        const activation = epilogueActivation(step.activation)
        return this.#addElements(index, step.from, { ...noElements, activation })
      }
    }
  }

  #addLayer(step: CheckedStep & { readonly kind: 'layer' }, index: number): void {
    const { call, weight, given, options: own } = step
    const { dtype, layout, run } = this.#settings
    const joined = own.activation === undefined ? this.#joined(index) : undefined
    const activation = own.activation ?? joined
    const options: CheckedLayerOptions = {
      ...{ ...own, ...run, layout },
      ...(activation === undefined ? {} : { activation }),
    }
    layerRoles(call, options)
    const question = questionOf(call, this.#shapeOf(step.from), weight.shape, options, dtype)
    const bias =
      options.bias === undefined
        ? undefined
        : this.#copy(options.bias, validateBias(call, options.bias, question.geometry.filters))
    const target = this.#newArray(question.outputShape)
    const work = { kind: 'layer', question, weight: this.#copy(given, weight), bias } as const
    this.#push(index, { work, source: this.#arrayOf(step.from), target }, joined !== undefined)
  }

  #addPool(step: CheckedStep & { readonly kind: 'pool' }, index: number): void {
    const { call, from, includePadding } = step
    const { dtype, layout } = this.#settings
    const geometry = poolGeometry(call, this.#shapeOf(from), step, layout, dtype)
    const target = this.#newArray(this.#pooledShape(geometry))
    const source = this.#arrayOf(from)
    if (isMaxPool(call)) {
      this.#push(index, { work: { kind: 'maximum', geometry }, source, target }, false)
      return
    }
    const counts = includePadding ? undefined : samplesInWindows(geometry.axes)
    const size = geometry.axes.reduce((n, { kernel }) => n * kernel, 1)
    const weight = allocateArray(
      [geometry.filters, 1, ...geometry.axes.map(({ kernel }) => kernel)],
      dtype,
    )
    weight.data.fill(counts === undefined ? 1 / size : 1)
    this.#push(
      index,
      {
        work: { kind: 'layer', question: this.#meanOf(call, geometry), weight, bias: undefined },
        source,
        target,
      },
      false,
    )
    if (counts === undefined) return
    const factors = counts.map((count) => 1 / count)
    const scaled = runsOnGpu(this.#settings) ? this.#newArray(this.#shapes[target]!) : target
    this.#nodes.push({
      ...{ step: index, call, source: target, target: scaled },
      work: { ...noElements, factors },
    })
    this.#arrays[index] = scaled
  }

  /** The layer with equal weights that computes means. */
  #meanOf(call: string, geometry: ConvGeometry): Question {
    const { dtype, run } = this.#settings
    const options = {
      algorithm: 'auto',
      tune: 'predict',
      accuracy: 'fast',
      memoryLimit: Infinity,
    } as const
    const all = { ...run, ...options, verify: false }
    return questionOfGeometry(`mean ${geometry.key}`, call, geometry, dtype, all, true)
  }

  #addSum(step: CheckedStep & { readonly kind: 'add' }, index: number): void {
    const [a, b] = [this.#shapeOf(step.from), this.#shapeOf(step.with)]
    if (a.length !== b.length || a.some((extent, axis) => extent !== b[axis])) {
      throw new OptionError(
        'SHAPE_MISMATCH',
        `add: the shapes [${a}] (${valueName(step.from)}) and [${b}] (${valueName(step.with)}) ` +
          'differ. Give two arrays of one shape.',
      )
    }
    const joined = this.#joined(index)
    const work = { ...noElements, activation: joined && epilogueActivation(joined) }
    this.#addElements(index, step.from, work, step.with)
  }

  #addElements(index: number, from: ValueIndex, work: ElementsWork, other?: ValueIndex): void {
    const source = this.#arrayOf(from)
    const addend = other === undefined ? undefined : this.#arrayOf(other)
    const reusable = runsOnGpu(this.#settings)
      ? undefined
      : [from, ...(other === undefined ? [] : [other])].find(
          (value) => this.#readers(value).at(-1) === index,
        )
    const target =
      reusable === undefined ? this.#newArray(this.#shapeOf(from)) : this.#arrayOf(reusable)
    const isJoined = other !== undefined && work.activation !== undefined
    this.#push(index, { work: { ...work, addend }, source, target }, isJoined)
  }

  #push(
    step: number,
    node: Pick<GraphNode, 'work' | 'source' | 'target'>,
    isJoined: boolean,
  ): void {
    const added = this.#nodes.push({ step, call: this.#steps[step]!.call, ...node }) - 1
    for (let i = 0; i < (isJoined ? 2 : 1); i++) {
      this.#arrays.push(node.target)
      this.#nodeOfStep.push(added)
    }
  }

  /** The activation of the next step, if it alone reads the result of this one. */
  #joined(index: number): Activation | undefined {
    const next = this.#steps[index + 1]
    if (next?.kind !== 'activation' || next.from !== index) return undefined
    return this.#readers(index).length === 1 ? next.activation : undefined
  }

  /** The steps that read a result. After the last step, the pipeline itself reads its result. */
  #readers(value: ValueIndex): number[] {
    const readers = [...this.#steps.keys()].filter((index) => {
      const step = this.#steps[index]!
      return step.from === value || (step.kind === 'add' && step.with === value)
    })
    return value === this.#steps.length - 1 ? [...readers, this.#steps.length] : readers
  }

  #arrayOf(value: ValueIndex): ArrayIndex {
    return value < 0 ? 0 : this.#arrays[value]!
  }

  #shapeOf(value: ValueIndex): readonly number[] {
    return this.#shapes[this.#arrayOf(value)]!
  }

  #newArray(shape: readonly number[]): ArrayIndex {
    return this.#shapes.push(shape) - 1
  }

  /** The shape of a pooled array, in the layout of the pipeline. */
  #pooledShape({ batch, channels, axes }: ConvGeometry): number[] {
    const extents = axes.map((axis) => axis.output)
    return isChannelsLast('pipeline', this.#settings.layout, axes.length)
      ? [batch, ...extents, channels]
      : [batch, channels, ...extents]
  }

  /** A private copy in the compute type. Equal objects of the caller share one copy. */
  #copy(given: unknown, array: NdArray): NdArray {
    const existing = this.#copies.get(given)
    if (existing !== undefined) return existing
    const { dtype } = this.#settings
    const copied = allocateArray(array.shape, dtype)
    copy(promoteUntyped(array, dtype), copied)
    this.#copies.set(given, copied)
    return copied
  }
}

const noElements: ElementsWork = {
  ...{ kind: 'elements', addend: undefined, factors: undefined, activation: undefined },
}

const valueName = (value: ValueIndex): string => (value < 0 ? 'the input' : `step ${value}`)
