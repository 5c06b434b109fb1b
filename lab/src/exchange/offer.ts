/**
 * What a pasted text or a file is, before it is used: numbers, a call, or a fault. And the problem
 * that the page would show with it.
 */

import { readNpy } from 'stridefold/npy'
import {
  type AxisGeometry,
  type ConvGeometry,
  contiguous,
  formatCase,
  parseCase,
} from 'stridefold/sync'
import { messageOf } from '../model/message-of.ts'
import { product } from '../model/numbers.ts'
import { fitsStage } from '../state/fits-stage.ts'
import { inputShape, kernelShape } from '../state/resized.ts'
import { type LabState, maxValues, usualViews } from '../state/state.ts'
import { problemWith } from '../state/valid.ts'
import { type ReadCall, readCall, type UnreadCall } from './code-text.ts'
import { isCode, type Matrix, type MatrixFault, matrixOf } from './matrix-text.ts'

export type Role = 'input' | 'kernel'

export type OfferFault =
  | MatrixFault
  | { readonly kind: 'many'; readonly count: number; readonly most: number }
  | { readonly kind: 'axes'; readonly shape: readonly number[] }
  | { readonly kind: 'file'; readonly message: string }
  | ({ readonly kind: 'code' } & UnreadCall)
  | { readonly kind: 'problem'; readonly message: string }

export type Offer =
  | { readonly kind: 'numbers'; readonly matrix: Matrix }
  | { readonly kind: 'call'; readonly call: ReadCall }
  | { readonly kind: 'fault'; readonly fault: OfferFault }

const fault = (fault: OfferFault): Offer => ({ kind: 'fault', fault })

export function offerOfText(text: string, { problem }: Pick<LabState, 'problem'>): Offer {
  if (text.length > maxTextBytes) return tooMany(text.split(/[\s,;]+/).length)
  if (isCode(text)) {
    const g = parseCase(problem)
    const call = readCall(text, { input: inputShape(g), kernel: kernelShape(g) })
    if ('message' in call) return fault({ kind: 'code', ...call })
    const reason = problemWith(call.problem)
    return reason === undefined
      ? { kind: 'call', call }
      : fault({ kind: 'problem', message: reason })
  }
  const matrix = matrixOf(text)
  return 'kind' in matrix ? fault(matrix) : offerOfNumbers(matrix)
}

export function offerOfNpy(bytes: Uint8Array, name: string): Offer {
  try {
    const array = contiguous(readNpy(bytes, name))
    if (product(array.shape) > maxValues) return tooMany(product(array.shape))
    const values = Array.from(array.data.subarray(array.offset), Number)
    const wrong = values.findIndex((value) => !Number.isFinite(value))
    if (wrong >= 0)
      return fault({ kind: 'file', message: `${name}: element ${wrong} is ${values[wrong]}` })
    return offerOfNumbers({ shape: array.shape, values: values.slice(0, product(array.shape)) })
  } catch (error) {
    return fault({ kind: 'file', message: messageOf(error) })
  }
}

/** A file by its name: `.npy`, or text. */
export async function offerOfFile(file: File, state: Pick<LabState, 'problem'>): Promise<Offer> {
  if (/\.npy$/i.test(file.name))
    return offerOfNpy(new Uint8Array(await file.arrayBuffer()), file.name)
  if (file.size > maxFileBytes) return tooMany(Math.round(file.size / 2))
  return offerOfText(await file.text(), state)
}

/** A text with more bytes has more numbers than a link can hold. */
const maxTextBytes = 3 * 2 ** 19
const maxFileBytes = 2 ** 26
const maxAxes = 3

const tooMany = (count: number): Offer => fault({ kind: 'many', count, most: maxValues })

function offerOfNumbers(matrix: Matrix): Offer {
  const { shape, values } = matrix
  if (values.length === 0) return fault({ kind: 'empty' })
  if (values.length > maxValues) return tooMany(values.length)
  if (shape.length < 1 || shape.length > maxAxes + 2) return fault({ kind: 'axes', shape })
  return { kind: 'numbers', matrix }
}

/** The parts of the state that an offer changes. */
export type Parts = Partial<LabState> & Pick<LabState, 'problem'>

export interface Use {
  readonly parts: Parts
  /** Why the page cannot show it. */
  readonly reason: string | undefined
  /** Whether the kernel is smaller than before, because the input is smaller than its window. */
  readonly isKernelCut: boolean
}

/** What the page becomes with an offer. */
export function useOf(offer: Exclude<Offer, { kind: 'fault' }>, role: Role, state: LabState): Use {
  if (offer.kind === 'call') {
    const { problem, input, kernel, bias } = offer.call
    const added = Number(bias ?? 0)
    const parts = {
      problem,
      // A bias with a name is an array that the code does not have.
      bias: Number.isFinite(added) ? added : 0,
      ...(input && { input: { values: input } }),
      ...(kernel && { kernel: { values: kernel } }),
    }
    return { parts: whole(parts, state), reason: problemWith(problem), isKernelCut: false }
  }
  const g = parseCase(state.problem)
  const { shape, values } = offer.matrix
  const [batch, channels, ...extents] = canonical(shape, g)
  const edited =
    role === 'input'
      ? { ...g, batch: batch!, channels: channels!, ...groupsFor(g, channels!) }
      : { ...g, filters: batch!, channels: channels! * groupsOf(g, batch!), ...groups(g, batch!) }
  const axes = extents.map((extent, a) =>
    axisWith(g.axes[a + g.axes.length - extents.length], role, extent),
  )
  const boundary = axes.map((_, a) => g.boundary[a + g.axes.length - axes.length] ?? 'zero')
  const wanted = formatCase({ ...edited, axes, boundary } as ConvGeometry)
  const fits = problemWith(wanted) === undefined || role === 'kernel'
  const problem = fits ? wanted : formatCase({ ...edited, axes: axes.map(cut), boundary })
  const parts = { problem, [role]: { values } }
  return { parts: whole(parts, state), reason: problemWith(problem), isKernelCut: !fits }
}

const groupsOf = ({ groups, filters }: ConvGeometry, next: number): number =>
  next === filters ? groups : 1
const groups = (g: ConvGeometry, next: number): { groups: number } => ({
  groups: groupsOf(g, next),
})
/** Groups stay if the channels stay. */
const groupsFor = (g: ConvGeometry, channels: number): { groups: number } => ({
  groups: channels === g.channels ? g.groups : 1,
})

/** N C spatial, or O I spatial. A row is a signal where the page has one axis. */
function canonical(shape: readonly number[], g: ConvGeometry): readonly number[] {
  const isSignal = g.axes.length === 1
  if (shape.length === 1) return isSignal ? [1, 1, ...shape] : [1, 1, 1, ...shape]
  if (shape.length === 2) return isSignal && shape[0] === 1 ? [1, 1, shape[1]!] : [1, 1, ...shape]
  // Three axes are channels × rows × columns.
  return shape.length === 3 ? [1, ...shape] : shape
}

const usualAxis = { kernel: 1, stride: 1, dilation: 1, inputDilation: 1, before: 0, after: 0 }

const axisWith = (axis: AxisGeometry | undefined, role: Role, extent: number): AxisGeometry => ({
  ...usualAxis,
  input: 1,
  output: 1,
  ...axis,
  [role]: extent,
})

/** The axis with a kernel that fits. */
const cut = (axis: AxisGeometry): AxisGeometry => {
  const room = Math.max(1, axis.input + axis.before + axis.after)
  const window = (axis.kernel - 1) * axis.dilation + 1
  return window <= room ? axis : { ...axis, kernel: Math.min(axis.kernel, room), dilation: 1 }
}

/** A problem that the first screen cannot show opens the workspace. */
function whole(parts: Parts, state: LabState): Parts {
  const next = { ...state, ...parts }
  const opens = next.views.length === 0 && !fitsStage(next)
  return {
    ...parts,
    focus: undefined,
    tap: undefined,
    cell: undefined,
    view: undefined,
    wrote: undefined,
    ...(opens && { views: usualViews }),
  }
}
