/**
 * Moves the window over the outputs in row-major order, and over the taps of one output.
 */

import type { Focus } from 'stridefold/sync'
import { pin, state } from '../state/store.ts'
import { indexAt, placeOf, product } from './numbers.ts'
import { highlight, viewModel } from './shared.ts'

export const strides = ['tap', 'pixel', 'row'] as const
export type Stride = (typeof strides)[number]

/** The current output: the focused one, or the first that the focus touches. */
export function outputPlace(): number {
  const { shapes } = viewModel.value
  const { focus } = state.value
  if (focus && 'output' in focus) {
    const { output } = focus
    return placeOf(
      [...shapes.output.slice(0, shapes.output.length - output.length).fill(0), ...output],
      shapes.output,
    )
  }
  const first = highlight.value.taps[0]
  return first ? placeOf(first.output, shapes.output) : 0
}

export function goToOutput(place: number, tap?: number): void {
  const { shapes } = viewModel.value
  const last = product(shapes.output) - 1
  pin({ output: indexAt(Math.max(0, Math.min(last, place)), shapes.output) } satisfies Focus, tap)
}

/** Moves one step forward or back. Returns false at either end. */
export function step(stride: Stride, direction: 1 | -1): boolean {
  const { shapes } = viewModel.value
  const place = outputPlace()
  const last = product(shapes.output) - 1
  if (stride === 'tap') {
    const taps = product(shapes.kernel.slice(1))
    const next = (state.value.tap ?? (direction === 1 ? -1 : taps)) + direction
    if (next >= 0 && next < taps) goToOutput(place, next)
    else if (place + direction < 0 || place + direction > last) return false
    else goToOutput(place + direction, direction === 1 ? 0 : taps - 1)
    return true
  }
  const next = place + direction * (stride === 'row' ? shapes.output.at(-1)! : 1)
  if (next < 0 || next > last) return false
  goToOutput(next)
  return true
}
