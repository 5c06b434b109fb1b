/**
 * Moves the window over the outputs in row-major order, and over the taps of one output.
 */

import type { Focus } from 'stridefold/sync'
import { pin, state } from '../state/store.ts'
import { indexAt, placeOf, product } from './numbers.ts'
import { frame, highlight } from './shared.ts'

export const strides = ['tap', 'pixel', 'row'] as const
export type Stride = (typeof strides)[number]

/** The current output: the focused one, or the first that the focus touches; undefined: neither. */
function currentOutput(): number | undefined {
  const { shapes } = frame.value
  const { focus } = state.value
  if (focus && 'output' in focus) {
    const { output } = focus
    return placeOf(
      [...shapes.output.slice(0, shapes.output.length - output.length).fill(0), ...output],
      shapes.output,
    )
  }
  const first = highlight.value.taps[0]
  return first && placeOf(first.output, shapes.output)
}

/** The place of the current output, else of the first one. */
export const outputPlace = (): number => currentOutput() ?? 0

export function goToOutput(place: number, tap?: number): void {
  const { shapes } = frame.value
  const last = product(shapes.output) - 1
  pin({ output: indexAt(Math.max(0, Math.min(last, place)), shapes.output) } satisfies Focus, tap)
}

/** Goes to the first output, or to its first tap. */
export const goToStart = (stride: Stride): void => goToOutput(0, stride === 'tap' ? 0 : undefined)

/** Moves one step forward or back. Returns false at either end. */
export function step(stride: Stride, direction: 1 | -1): boolean {
  const next = nextStep(stride, direction)
  if (next) goToOutput(...next)
  return next !== undefined
}

/**
 * Where a step leads; undefined at either end. Without a current output the first step forward
 * leads to the start, and the first step back to the end.
 */
export function nextStep(
  stride: Stride,
  direction: 1 | -1,
): readonly [place: number, tap?: number] | undefined {
  const { shapes } = frame.value
  const place = currentOutput()
  const last = product(shapes.output) - 1
  const taps = product(shapes.kernel.slice(1))
  const firstTap = direction === 1 ? 0 : taps - 1
  if (stride === 'tap') {
    if (place === undefined) return [direction === 1 ? 0 : last, firstTap]
    const tap = (state.value.tap ?? firstTap - direction) + direction
    if (tap >= 0 && tap < taps) return [place, tap]
    return isBetween(place + direction, last) ? [place + direction, firstTap] : undefined
  }
  if (place === undefined) return [direction === 1 ? 0 : last]
  const next = place + direction * (stride === 'row' ? shapes.output.at(-1)! : 1)
  return isBetween(next, last) ? [next] : undefined
}

const isBetween = (place: number, last: number): boolean => place >= 0 && place <= last
