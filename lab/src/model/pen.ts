/**
 * Draws a signal or a weighting with the pointer. Every sample or weight between two pointer
 * positions gets the height of the line between them.
 */

import { change, state } from '../state/store.ts'
import { placeOf } from './numbers.ts'
import { type Panel, plot, pointerJob, singleOutput, strokeRanges, valueAt } from './plot.ts'
import { highlight, viewModel } from './shared.ts'
import { goToOutput, outputPlace } from './steps.ts'
import { valuesOf, weightsOf } from './values-of.ts'
import { inputRange } from './view-model.ts'

interface Position {
  readonly x: number
  readonly y: number
}

let stroke: { readonly panel: number; readonly last: Position } | undefined

export function penDown(at: Position): void {
  const { panels } = plot.value
  const panel = panels.findIndex(
    ({ scale }) => at.y >= scale.top && at.y <= scale.top + scale.height,
  )
  if (panel < 0) return
  if (pointerJob.value === 'weighting' && !singleOutput.value) goToOutput(outputPlace())
  strokeRanges.value = { signal: panels[panel]!.scale, weights: panels[panel]!.weights }
  stroke = { panel, last: at }
  drawTo(at)
}

export function penMove(at: Position): void {
  if (stroke) drawTo(at)
}

export function penUp(): void {
  stroke = undefined
  strokeRanges.value = undefined
}

function drawTo(at: Position): void {
  const { panel: row, last } = stroke!
  const panel = plot.value.panels[row]
  if (!panel) return penUp()
  stroke = { panel: row, last: at }
  const { placeAt } = plot.value
  const [from, to] = [placeAt(last.x), placeAt(at.x)]
  const height = (place: number): number => {
    const share = from === to ? 1 : Math.max(0, Math.min(1, (place - from) / (to - from)))
    const { top, height: most } = panel.scale
    return Math.max(top, Math.min(top + most, last.y + share * (at.y - last.y)))
  }
  const places = Array.from(
    { length: Math.abs(Math.round(to) - Math.round(from)) + 1 },
    (_, i) => Math.min(Math.round(from), Math.round(to)) + i,
  )
  if (pointerJob.value === 'signal') drawSignal(panel, places, height)
  else drawWeights(panel, places, height)
}

const roundToScale = (
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
): number => {
  const digits = Math.max(0, Math.min(12, 3 - Math.ceil(Math.log10(high - low || 1))))
  return Number(value.toFixed(digits)) + 0
}

function drawSignal(
  { channel, scale }: Panel,
  places: readonly number[],
  height: (place: number) => number,
): void {
  const { shapes, padded } = viewModel.value
  const values = [...valuesOf(state.value.input, shapes.input, inputRange)]
  for (const place of places) {
    const sample = Math.round(place / padded.steps[0]!)
    if (sample < 0 || sample >= shapes.input[2]!) continue
    values[placeOf([plot.value.item, channel, sample], shapes.input)] = roundToScale(
      valueAt(scale, height(place)),
      scale,
    )
  }
  change({ input: { values } })
}

/** The taps of the focused output determine which weight is at which place. */
function drawWeights(
  { channel, weights: scale }: Panel,
  places: readonly number[],
  height: (place: number) => number,
): void {
  const { shapes, padded } = viewModel.value
  const local = channel - plot.value.panels[0]!.channel
  const weightAt = new Map<number, number>()
  const [reads, weights] = [highlight.value.list('padded'), highlight.value.list('kernel')]
  for (const [i, weight] of weights.places.entries()) {
    if (Math.floor(weight / shapes.kernel[2]!) % shapes.kernel[1]! === local)
      weightAt.set((reads.places[i]! % shapes.padded[2]!) - padded.before[0]!, weight)
  }
  const values = [...weightsOf(state.value, shapes.kernel)]
  for (const place of places) {
    const weight = weightAt.get(place)
    if (weight !== undefined) values[weight] = roundToScale(valueAt(scale, height(place)), scale)
  }
  change({ kernel: { values } })
}
