/**
 * What the steps of one polyphase component share: the builder of the program, the target of its
 * sums, its loops, and which outputs and taps of the whole it has.
 *
 * Siblings read the same samples; each starts at its own output and its own tap. One loop computes
 * them all:
 *
 *   0 1 2 3 0 1 2 3 …   the component of each output, for stride 4: four siblings
 *
 * It has step 1 in the output, −1 in the kernel and 0 in the input.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { finish, type Work } from '../ndarray/work.ts'
import {
  at,
  type BufferView,
  type Element,
  type Index,
  loop,
  plus,
  times,
} from '../program/elements.ts'
import type { Program } from '../program/program.ts'
import type { Loop } from '../program/steps.ts'
import type { Lowering } from './algorithm.ts'
import { axisLoops, axisName, ProgramBuilder } from './builder.ts'
import { finishSums } from './finish.ts'
import type { IntegerWeights } from './integers.ts'
import { type PolyphaseComponent, polyphaseComponents } from './polyphase.ts'
import { addUnread } from './unread.ts'

export class ComponentContext {
  readonly builder: ProgramBuilder
  readonly component: PolyphaseComponent
  readonly target: BufferView
  /** One loop per axis with siblings. */
  readonly siblings: readonly Loop[]
  /** One loop per axis, over the taps of the component. */
  readonly taps: readonly Loop[]
  readonly #sibling: readonly Index[]

  constructor(builder: ProgramBuilder, component: PolyphaseComponent, target: BufferView) {
    this.builder = builder
    this.component = component
    this.target = target
    const { length: rank } = component
    const loops = component.map(({ siblings }, a) =>
      siblings > 1 ? loop(axisName('r', a, rank), siblings) : undefined,
    )
    this.siblings = loops.filter((sibling) => sibling !== undefined)
    this.#sibling = loops.map((sibling) => sibling ?? 0)
    this.taps = axisLoops(
      't',
      component.map((axis) => axis.taps),
    )
  }

  /** The number of the sibling along an axis; 0 if there is only one. */
  sibling(axis: number): Index {
    return this.#sibling[axis]!
  }

  /** Output q of the component, as an output of the whole. */
  outputs(q: readonly Index[]): Index[] {
    return this.component.map(({ outputStart, outputStep, outputNext }, a) =>
      plus(outputStart, times(outputStep, q[a]!), times(outputNext, this.#sibling[a]!)),
    )
  }

  /** Tap u of the component, as a tap of the kernel. */
  kernelTaps(u: readonly Index[]): Index[] {
    return this.component.map(({ kernelStart, kernelStep, kernelNext }, a) =>
      plus(kernelStart, times(kernelStep, u[a]!), times(kernelNext, this.#sibling[a]!)),
    )
  }

  /** The results at output q of batch item n (default: every one), for every filter. */
  results(q: readonly Index[], n: Index = this.builder.n): Element {
    return at(this.target, n, this.builder.filter, ...this.outputs(q))
  }

  /** The weights of tap u and channel c of the group (default: every one), for every filter. */
  weights(u: readonly Index[] = this.taps, c: Index = this.builder.c): Element {
    const { kernel, filter } = this.builder
    return at(kernel, filter, c, ...this.kernelTaps(u))
  }

  /** Channel c of the group, counted over all groups. */
  channelOf(c: Index): Index {
    const { g, group } = this.builder
    return plus(times(g.channels / g.groups, group), c)
  }
}

/**
 * Returns the program that computes every polyphase component with the stages that `addStages` adds
 * for it. Outputs that read no sample are in none; they come first.
 */
export const programByComponents = (
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  lowering: Lowering | undefined,
  addStages: (context: ComponentContext) => void,
): Program =>
  finish(
    programByComponentsWork(g, descriptors, lowering, function* (context) {
      yield addStages(context)
    }),
  )

/** The work of `programByComponents`. `addStages` yields between stages. */
export function* programByComponentsWork(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  lowering: Lowering | undefined,
  addStages: (context: ComponentContext) => Work<void>,
  whole?: IntegerWeights,
): Work<Program> {
  const builder = new ProgramBuilder(g, descriptors, lowering, whole)
  const target = builder.target()
  addUnread(builder, target)
  for (const component of polyphaseComponents(g)) {
    yield* addStages(new ComponentContext(builder, component, target))
    yield
  }
  finishSums(builder, target)
  yield
  return builder.build()
}
