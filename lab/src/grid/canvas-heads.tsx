/**
 * The headers of a plane on a canvas: the numbers of rows and columns, as many as there is space
 * for. They stay in sight while the plane scrolls.
 */

import type { JSX } from 'preact'

/** The width of row headers and the height of column headers, in pixels. */
export const headWidth = 34
export const headHeight = 17

const letterWidth = 7
const lineHeight = 14
const steps = [1, 2, 5, 10, 20, 50, 100]

interface Props {
  readonly axis: 'row' | 'column'
  /** The first drawn row or column, and how many are drawn. */
  readonly first: number
  readonly count: number
  /** Pixels from one to the next. */
  readonly pitch: number
  readonly text: (i: number) => string
}

export function CanvasHeads({ axis, first, count, pitch, text }: Props): JSX.Element {
  const longest = Math.max(text(first).length, text(first + count - 1).length)
  const needed = axis === 'row' ? lineHeight : longest * letterWidth + 5
  const step = steps.find((candidate) => candidate * pitch >= needed) ?? steps.at(-1)!
  const shown = Array.from({ length: count }, (_, i) => first + i).filter((i) => i % step === 0)
  return (
    <div
      class={`canvas-heads of-${axis}s`}
      data-sticky={axis === 'row' ? 'left' : 'top'}
      aria-hidden="true"
    >
      {shown.map((i) => (
        <span
          key={i}
          style={
            axis === 'row'
              ? { top: `${(i - first) * pitch}px`, height: `${pitch}px` }
              : { left: `${(i - first) * pitch}px`, width: `${pitch}px` }
          }
        >
          {text(i)}
        </span>
      ))}
    </div>
  )
}
