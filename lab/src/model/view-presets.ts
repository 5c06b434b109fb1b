/**
 * Preset views of the input. The library makes each one; this file reads its shape, strides and
 * offset.
 *
 * A preset is undefined if the problem does not have it, for example if the window is larger than
 * the plane, or if the matrix needs a border.
 */

import { asStrided, flip, type NdArray, slice, slidingWindows, transpose } from 'stridefold/sync'
import type { ViewSpec } from '../state/state.ts'
import { flatMemory, inputView, specOf } from './strided-view.ts'
import type { ViewModel } from './view-model.ts'
import { windowView } from './window-matrix.ts'

export const presetNames = [
  'lies',
  'transposed',
  'flipped',
  'second',
  'windows',
  'im2col',
  'overlap',
  'broadcast',
  'diagonal',
] as const
export type PresetName = (typeof presetNames)[number]

/** The as_strided example of article 1: 5 rows of 4 elements, each row one element later. */
const overlapShape = [5, 4] as const

export function presetView(name: PresetName, viewModel: ViewModel): ViewSpec | undefined {
  const plane = planeOf(viewModel)
  switch (name) {
    case 'lies':
      return inputView(viewModel)
    case 'transposed':
      return specOf(transpose(plane))
    case 'flipped':
      return specOf(flip(plane))
    case 'second':
      return specOf(slice(plane, ...plane.shape.map(() => [null, null, 2] as const)))
    case 'windows':
      return windowsOf(plane, viewModel)
    case 'im2col':
      return matrixOf(viewModel)
    case 'overlap': {
      const columns = Math.min(overlapShape[1], viewModel.input.data.length)
      const rows = Math.min(overlapShape[0], viewModel.input.data.length - columns + 1)
      return specOf(
        asStrided(flatMemory(viewModel.input), { shape: [rows, columns], strides: [1, 1] }),
      )
    }
    case 'broadcast':
      return specOf(asStrided(plane, { shape: [3, plane.shape.at(-1)!], strides: [0, 1] }))
    case 'diagonal': {
      const [columns = 1, rows = 1] = [...plane.shape].reverse()
      return specOf(asStrided(plane, { shape: [Math.min(rows, columns)], strides: [columns + 1] }))
    }
  }
}

/** The preset that equals this view, if any. */
export const presetOf = (spec: ViewSpec, viewModel: ViewModel): PresetName | undefined =>
  presetNames.find((name) => JSON.stringify(presetView(name, viewModel)) === JSON.stringify(spec))

/** The first plane of the input, or the first row of a signal. */
function planeOf({ input }: ViewModel): NdArray {
  return slice(input, ...input.shape.slice(0, input.shape.length > 3 ? -2 : -1).map(() => 0))
}

/** All windows of the problem that lie completely inside the plane, from its first sample on. */
function windowsOf(plane: NdArray, { geometry: g }: ViewModel): ViewSpec | undefined {
  const axes = g.axes.slice(-plane.shape.length)
  const fits = axes.every(
    ({ kernel, dilation }, a) => dilation * (kernel - 1) + 1 <= plane.shape[a]!,
  )
  if (!fits || g.axes.some(({ inputDilation }) => inputDilation > 1)) return undefined
  const [step, dilation] = [axes.map((axis) => axis.stride), axes.map((axis) => axis.dilation)]
  return specOf(
    slidingWindows(
      plane,
      axes.map((axis) => axis.kernel),
      { step, dilation },
    ),
  )
}

/**
 * The window matrix by strides alone: [channel, ...weights, batch, ...outputs]. A border is not in
 * memory, so the problem must have none.
 */
function matrixOf(viewModel: ViewModel): ViewSpec | undefined {
  const { padded, shapes } = viewModel
  if (padded.array.data.length !== viewModel.input.data.length) return undefined
  const rank = shapes.input.length - 2
  const axes = Array.from({ length: rank }, (_, a) => a)
  return specOf(
    transpose(windowView(viewModel), [
      1,
      ...axes.map((a) => a + 2 + rank),
      0,
      ...axes.map((a) => a + 2),
    ]),
  )
}
