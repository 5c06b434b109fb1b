/**
 * Do the parts of a state fit each other? The state is checked after every change, and a link when
 * it is read.
 */

import { type ConvGeometry, checkedFit, parseCase } from 'stridefold/sync'
import { messageOf } from '../model/message-of.ts'
import { product } from '../model/numbers.ts'
import { rejectFocus } from './focus-fits.ts'
import { inputShape, kernelShape } from './resized.ts'
import {
  defaultState,
  type LabState,
  maxValues,
  type Numbers,
  pictureShape,
  usualSeeds,
  writtenValue,
} from './state.ts'

const maxElements = 1 << 20
const maxProducts = 2 ** 28

/** The parts that may contradict others. */
export type FaultyPart = 'problem' | 'input' | 'kernel' | 'focus' | 'cell' | 'wrote'

interface Fault {
  readonly part: FaultyPart
  readonly reason: string
}

export interface CheckedState {
  readonly state: LabState
  /** The parts that were reset. */
  readonly faults: readonly Fault[]
}

type ResetIfInvalid = (part: FaultyPart, check: () => void, instead: Partial<LabState>) => void

/** Resets parts that contradict each other, such as a focus outside its array. */
export function resetInvalid(state: LabState): CheckedState {
  const faults: Fault[] = []
  let result = state
  const resetIfInvalid: ResetIfInvalid = (part, check, instead) => {
    try {
      check()
    } catch (error) {
      faults.push({ part, reason: errorMessage(error) })
      result = { ...result, ...instead }
    }
  }
  const { problem, input, kernel, focus, bias } = defaultState
  resetIfInvalid('problem', () => rejectSize(state.problem), {
    problem,
    input,
    kernel,
    focus,
    bias,
    tap: undefined,
  })
  const g = parseCase(result.problem)
  const counts = { input: product(inputShape(g)), kernel: product(kernelShape(g)) }
  for (const name of ['input', 'kernel'] as const) {
    const numbers = result[name]
    const check = (): void => {
      if ('values' in numbers && numbers.values.length !== counts[name]) {
        throw new Error(
          `${name} has ${numbers.values.length} numbers, but ${result.problem} needs ${counts[name]}`,
        )
      }
      if ('picture' in numbers) rejectPicture(numbers, name, g)
    }
    resetIfInvalid(name, check, { [name]: { seed: usualSeeds[name] } })
  }
  const at = result.focus
  if (at)
    resetIfInvalid('focus', () => rejectFocus(g, at), {
      focus: undefined,
      tap: undefined,
    })
  resetInvalidView(result, resetIfInvalid)
  return { state: result, faults }
}

/** A picture is an input with one plane of the extents of the picture. */
function rejectPicture(
  { picture }: Extract<Numbers, { picture: string }>,
  name: 'input' | 'kernel',
  g: ConvGeometry,
): void {
  const extents = g.axes.map((axis) => axis.input).join('x')
  if (name === 'kernel' || g.batch * g.channels !== 1 || extents !== pictureShape.join('x'))
    throw new Error(`the picture ${picture} is one plane of ${pictureShape.join('x')} numbers`)
}

/** Resets a cell that the view does not have, and a write that the input no longer holds. */
function resetInvalidView(
  { view, cell, wrote, input, problem }: LabState,
  resetIfInvalid: ResetIfInvalid,
): void {
  const g = parseCase(problem)
  const shape = view?.shape ?? inputShape(g)
  if (cell)
    resetIfInvalid(
      'cell',
      () => {
        if (cell.length !== shape.length || cell.some((i, axis) => i >= shape[axis]!))
          throw new Error(`a view of shape ${shape} has no such cell`)
      },
      { cell: undefined },
    )
  if (wrote)
    resetIfInvalid(
      'wrote',
      () => {
        if (!('values' in input) || input.values[wrote.element] !== writtenValue)
          throw new Error(`element ${wrote.element} of the input is not ${writtenValue}`)
      },
      { wrote: undefined },
    )
}

/** The reason why the lab cannot show a problem in case notation; undefined if it can. */
export function problemWith(problem: string): string | undefined {
  try {
    rejectSize(problem)
    return undefined
  } catch (error) {
    return errorMessage(error)
  }
}

function rejectSize(problem: string): void {
  const g = checkedFit(parseCase(problem))
  if (g.axes.length > 3)
    throw new Error(`the problem has ${g.axes.length} axes, but the lab shows at most 3`)
  const extents = [
    g.batch * g.channels * product(g.axes.map((axis) => axis.input)),
    g.batch * g.filters * product(g.axes.map((axis) => axis.output)),
    g.filters * (g.channels / g.groups) * product(g.axes.map((axis) => axis.kernel)),
  ]
  const padded =
    g.batch *
    g.channels *
    product(
      g.axes.map(
        (axis) =>
          axis.input * axis.inputDilation + Math.max(0, axis.before) + Math.max(0, axis.after),
      ),
    )
  const taps = extents[1]! * (g.channels / g.groups) * product(g.axes.map((axis) => axis.kernel))
  if (Math.min(...extents) < 1) throw new Error('an array is empty, so there is nothing to draw')
  if (Math.max(...extents, padded) > maxElements)
    throw new Error(`an array has more than ${maxElements} elements, the limit of the lab`)
  if (taps > maxProducts)
    throw new Error(`the problem has ${taps} products, but the limit of the lab is ${maxProducts}`)
  if (extents[2]! > maxValues)
    throw new Error(
      `the kernel has ${extents[2]} weights, but the limit of the lab is ${maxValues}`,
    )
}

export const errorMessage = (error: unknown): string => messageOf(error).replace(/\.$/, '')
