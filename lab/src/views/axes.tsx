/**
 * The axes of a plot: the name of a panel, its zero line, and numbers beside and below it.
 */

import type { JSX } from 'preact'
import { shortText } from '../model/number-text.ts'
import { type Scale, yOf } from '../model/plot.ts'

export type Of = 'input' | 'weights' | 'product' | 'output'

interface FrameProps {
  readonly scale: Scale
  readonly name: string
  readonly of: Of
  readonly wide: number
}

/** A panel: its name above, its zero line, and its numbers on the left. */
export function Frame({ scale, name, of, wide }: FrameProps): JSX.Element {
  const { top, height } = scale
  return (
    <>
      <text class={`panel-name of-${of}`} x={0} y={top - 10}>
        {name}
      </text>
      <line class="axis" x1={0} x2={wide} y1={yOf(scale, 0)} y2={yOf(scale, 0)} />
      <Values scale={scale} x={-4} />
      <line class="axis" x1={0} x2={0} y1={top} y2={top + height} />
    </>
  )
}

/** A second scale of the same panel: its name and numbers on the right. */
export function RightScale({ scale, name, of, wide }: FrameProps): JSX.Element {
  const { top, height } = scale
  return (
    <>
      <text class={`panel-name at-end of-${of}`} x={wide} y={top - 10}>
        {name}
      </text>
      <Values scale={scale} x={wide + 4} of={of} />
      <line class="axis" x1={wide} x2={wide} y1={top} y2={top + height} />
    </>
  )
}

/**
 * The ends of a scale and 0, as far as there is space. On the right of a panel they have the colour
 * of their curve.
 */
export function Values({
  scale,
  x,
  of,
}: {
  readonly scale: Scale
  readonly x: number
  readonly of?: Of
}): JSX.Element {
  const { low, high } = scale
  const isClearOfZero = (value: number): boolean =>
    value !== 0 && Math.abs(yOf(scale, value) - yOf(scale, 0)) > 14
  return (
    <>
      {[...new Set([low, 0, high])]
        .filter((value) => value === 0 || isClearOfZero(value))
        .map((value) => (
          <text
            key={value}
            class={of ? `value at-right of-${of}` : 'value'}
            x={x}
            y={yOf(scale, value) + (value > 0 ? 8 : value < 0 ? 0 : 4)}
          >
            {scaleText(value)}
          </text>
        ))}
    </>
  )
}

/** A short number for the side of a panel. */
function scaleText(value: number): string {
  const text = shortText(value, 3)
  return text.length <= 7 ? text : value.toExponential(1).replaceAll('-', '−').replace('+', '')
}

interface TicksProps {
  readonly scale: Scale
  readonly from: number
  readonly to: number
  readonly x: (i: number) => number
}

const minTickPixels = 44
const tickSteps = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((ten) => [ten, 2 * ten, 5 * ten])

/** Integers along a panel, as many as there is space for. */
export function Ticks({ scale: { top, height }, from, to, x }: TicksProps): JSX.Element {
  const wide = (x(to) - x(from)) / Math.max(1, to - from)
  const step = tickSteps.find((candidate) => candidate * wide >= minTickPixels) ?? tickSteps.at(-1)!
  const begin = Math.ceil(from / step) * step
  return (
    <>
      {Array.from(
        { length: Math.max(0, Math.floor((to - begin) / step) + 1) },
        (_, i) => begin + i * step,
      ).map((i) => (
        <g key={i}>
          <line class="axis" x1={x(i)} x2={x(i)} y1={top + height} y2={top + height + 4} />
          <text x={x(i)} y={top + height + 15}>
            {i}
          </text>
        </g>
      ))}
    </>
  )
}

/** The path of a curve, with a gap at each value that is not finite. */
export function pathOf(values: ArrayLike<number>, x: (i: number) => number, scale: Scale): string {
  let isDown = false
  return Array.from(values, (value, i) => {
    const command = Number.isFinite(value)
      ? `${isDown ? 'L' : 'M'}${x(i).toFixed(1)} ${yOf(scale, value).toFixed(1)}`
      : ''
    isDown = command !== ''
    return command
  }).join('')
}
