/** The mark of a method: its shape tells it from the others, as its colour does. */

import type { JSX } from 'preact'
import { type Method, methods, type Runner } from './runners.ts'

/** Paths around the origin, about 9 px wide. */
const shapes: Readonly<Record<Method, string>> = {
  loops: 'M-4.4 0a4.4 4.4 0 1 0 8.8 0a4.4 4.4 0 1 0-8.8 0z',
  im2col: 'M-4-4h8v8h-8z',
  strided: 'M0-5.2 5 3.6H-5z',
  toeplitz: 'M0-5.6 5.6 0 0 5.6-5.6 0z',
  separable: 'M0 5.2 5-3.6H-5z',
  winograd: 'M-1.6-5h3.2v3.4H5v3.2H1.6V5h-3.2V1.6H-5v-3.2h3.4z',
  fft: 'M-5-3-3-5 0-2 3-5 5-3 2 0 5 3 3 5 0 2-3 5-5 3-2 0z',
  call: 'M-2.5-5h5L5 0 2.5 5h-5L-5 0z',
}

export const classOf = ({ method, article }: Runner): string =>
  `m-${method}${article === undefined ? '' : ' of-article'}`

export function Mark({
  runner,
  x,
  y,
}: {
  readonly runner: Runner
  readonly x: number
  readonly y: number
}): JSX.Element {
  return (
    <path
      class={`mark ${classOf(runner)}`}
      d={shapes[runner.method]}
      transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}
    />
  )
}

/** The mark in a line of text, on a piece of its curve. */
export function MarkIcon({ runner }: { readonly runner: Runner }): JSX.Element {
  return (
    <svg class="mark-icon" viewBox="-14 -7 28 14" aria-hidden="true">
      <path class={`curve ${classOf(runner)}`} d="M-14 0H14" />
      <Mark runner={runner} x={0} y={0} />
    </svg>
  )
}

export const methodOf = (algorithm: string): Method =>
  algorithm === 'naive' ? 'loops' : (methods.find((method) => method === algorithm) ?? 'call')
