/**
 * Where can the windows stand, so that there are as many outputs as were pasted? One call of the
 * library computes every place at which the kernel meets the input. Stride and padding choose some
 * of these places:
 *
 *     place(q) = q·stride + mostPadding − before
 */

import type { AxisGeometry } from 'stridefold/sync'

/** The windows along one axis. */
export type AxisWindows = Pick<
  AxisGeometry,
  'input' | 'kernel' | 'stride' | 'dilation' | 'before' | 'after' | 'output'
>

export const paddingNames = [
  'valid',
  'equal',
  'same',
  'same-lower',
  'layer-same',
  'full',
  'sides',
  'moved',
] as const
/**
 * `equal`: the same number on every side. `same` is that of signals, `layer-same` follows the
 * stride. `moved`: the windows leave out samples at an edge.
 */
export type PaddingName = (typeof paddingNames)[number]

export interface Windows {
  readonly axes: readonly AxisWindows[]
  readonly padding: PaddingName
  /** The number of settings that are not the usual ones. */
  readonly changes: number
}

export const windowExtent = ({
  kernel,
  dilation,
}: Pick<AxisWindows, 'kernel' | 'dilation'>): number => (kernel - 1) * dilation + 1

/** Padding that is wider than the kernel reaches: its outermost outputs are 0. */
const widerPadding = 2

/** The padding of the call that computes all places. */
export const mostPadding = (axis: Pick<AxisWindows, 'kernel' | 'dilation'>): number =>
  windowExtent(axis) - 1 + widerPadding

const maxStride = 8
/** The most samples at an edge that no window reads, besides those that a stride leaves over. */
const maxMoved = 2

/** All windows that give the outputs, those with the fewest changes first. */
export function windowsOf(
  axes: readonly Pick<AxisWindows, 'input' | 'kernel' | 'dilation' | 'output'>[],
): readonly Windows[] {
  let all: AxisWindows[][] = [[]]
  for (const axis of axes)
    all = axisWindows(axis).flatMap((windows) => all.map((before) => [...before, windows]))
  return all
    .map(named)
    .filter((windows) => windows.padding === 'equal' || !isWider(windows))
    .sort((a, b) => a.changes - b.changes)
}

/** Such padding is only usual if it is the same on every side. */
const isWider = ({ axes }: Windows): boolean =>
  axes.some((axis) => Math.max(axis.before, axis.after) >= windowExtent(axis))

function axisWindows(
  axis: Pick<AxisWindows, 'input' | 'kernel' | 'dilation' | 'output'>,
): readonly AxisWindows[] {
  const { input, output } = axis
  const extent = windowExtent(axis)
  const most = mostPadding(axis)
  const places = input + 2 * most - extent + 1
  const found: AxisWindows[] = []
  for (let stride = 1; stride <= maxStride; stride++) {
    // One output has no stride.
    if (stride > 1 && output === 1) break
    for (let first = 0; first + (output - 1) * stride < places; first++) {
      const before = most - first
      const room = (output - 1) * stride + extent - input - before
      const after = room < 0 && -room < stride ? 0 : room
      if (before < -Math.max(maxMoved, stride - 1) || after < -maxMoved) continue
      found.push({ ...axis, stride, before, after })
    }
  }
  return found
}

/** The name of the padding, and with `equal` and `full` the padding after that belongs to it. */
function named(axes: readonly AxisWindows[]): Windows {
  const [first] = axes
  const strides = axes.map(({ stride }) => stride)
  const isStrided = strides.some((stride) => stride > 1)
  const strideChanges = !isStrided ? 0 : strides.every((stride) => stride === strides[0]) ? 1 : 2
  for (const [padding, sidesOf, changes] of paddings) {
    if (padding === 'equal' && axes.some(({ before }) => before !== first!.before)) continue
    const sides = axes.map(sidesOf)
    if (!axes.every((axis, a) => axis.before === sides[a]![0] && hasSameOutput(axis, sides[a]![1])))
      continue
    const full = axes.map((axis, a) => ({ ...axis, after: sides[a]![1] }))
    return { axes: full, padding, changes: strideChanges + changes }
  }
  const isMoved = axes.some(({ before, after }) => before < 0 || after < 0)
  return {
    axes,
    padding: isMoved ? 'moved' : 'sides',
    changes: strideChanges + (isMoved ? 3 : 2),
  }
}

function hasSameOutput(
  { input, stride, before, output, ...axis }: AxisWindows,
  after: number,
): boolean {
  return Math.floor((input + before + after - windowExtent(axis)) / stride) + 1 === output
}

type Sides = readonly [before: number, after: number]

const halves = (total: number): Sides => [Math.floor(total / 2), Math.ceil(total / 2)]

const paddings: readonly (readonly [PaddingName, (axis: AxisWindows) => Sides, changes: number])[] =
  [
    ['valid', () => [0, 0], 0],
    ['same', (axis) => halves(windowExtent(axis) - 1), 1],
    [
      'same-lower',
      (axis) => {
        const [less, more] = halves(windowExtent(axis) - 1)
        return [more, less]
      },
      1,
    ],
    [
      'layer-same',
      (axis) => {
        const covered = (Math.ceil(axis.input / axis.stride) - 1) * axis.stride + windowExtent(axis)
        return halves(Math.max(0, covered - axis.input))
      },
      1,
    ],
    ['full', (axis) => [windowExtent(axis) - 1, windowExtent(axis) - 1], 1],
    ['equal', ({ before }) => [Math.max(0, before), Math.max(0, before)], 1],
  ]

/** Whether any window reads a sample outside the input. */
export const readsOutside = ({ axes }: Windows): boolean =>
  axes.some(
    (axis) =>
      axis.before > 0 ||
      (axis.output - 1) * axis.stride + windowExtent(axis) - axis.before > axis.input,
  )
