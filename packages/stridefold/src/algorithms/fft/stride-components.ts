/**
 * One axis of a phase as an overlap-save transform sees it: stride 1, taps in a row, no matter what
 * it was.
 *
 *   y[q] = Σ_v x[q·s + v − before] · h[v]          v = u·s + r:  every residue r of the stride is a channel of its own,
 *        = Σ_r Σ_u x_r[q + u] · h_r[u]             x_r[m] = x[m·s + r − before], h_r[u] = h[u·s + r]
 *
 * Only residues that meet a tap are there; taps that lie apart (dilation) have zeros between them
 * in h_r.
 */

import type { ComponentAxis } from '../polyphase.ts'

/**
 * The taps of one residue: tap first + i·step of the phase lies at position at + i·apart of h_r.
 */
export interface StrideComponent {
  readonly strideComponent: number
  readonly first: number
  readonly step: number
  readonly count: number
  readonly at: number
  readonly apart: number
}

export interface StridePolyphaseAxis {
  readonly stride: number
  readonly before: number
  readonly input: number
  readonly outputs: number
  readonly strideComponents: readonly StrideComponent[]
  /** Positions of the longest h_r: an output reads so many neighbours. */
  readonly componentTaps: number
}

/** How many residues of the stride meet a tap. */
export const residueCount = ({ stride, dilation, taps }: ComponentAxis): number =>
  Math.min(stride / gcd(stride, dilation), taps)

export function stridePolyphaseAxis({
  input,
  taps,
  stride,
  dilation,
  before,
  outputs,
}: ComponentAxis): StridePolyphaseAxis {
  const common = gcd(stride, dilation)
  const step = stride / common
  const strideComponents = Array.from(
    { length: Math.min(step, taps) },
    (_, first): StrideComponent => {
      const strideComponent = (first * dilation) % stride
      const at = (first * dilation - strideComponent) / stride
      return {
        strideComponent,
        first,
        step,
        count: Math.ceil((taps - first) / step),
        at,
        apart: dilation / common,
      }
    },
  )
  const componentTaps = Math.max(
    ...strideComponents.map(({ at, count, apart }) => at + (count - 1) * apart + 1),
  )
  return { stride, before, input, outputs, strideComponents, componentTaps }
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
