/**
 * One axis of a polyphase component without its stride and dilation, as an overlap-save transform
 * needs it: stride 1, consecutive taps.
 *
 *   y[q] = Σ_v x[q·s + v − before] · h[v]        v = u·s + r
 *        = Σ_r Σ_u x_r[q + u] · h_r[u]           x_r[m] = x[m·s + r − before], h_r[u] = h[u·s + r]
 *
 * Every remainder r of the stride s becomes a channel: a stride component. Only remainders with a
 * tap are listed. If taps are dilated, h_r has zeros between them.
 */

import { gcd } from '../../ndarray/gcd.ts'
import type { ComponentAxis } from '../polyphase.ts'

/**
 * The taps of one remainder: tap first + i·step of the component lies at position at + i·spacing of
 * h_r.
 */
export interface StrideComponent {
  readonly strideComponent: number
  readonly first: number
  readonly step: number
  readonly count: number
  readonly at: number
  readonly spacing: number
}

export interface StridePolyphaseAxis {
  readonly stride: number
  readonly before: number
  readonly input: number
  readonly outputs: number
  readonly strideComponents: readonly StrideComponent[]
  /** The length of the longest h_r: the number of neighbouring samples that an output reads. */
  readonly componentTaps: number
}

/** The number of stride components with a tap. */
export const strideComponentCount = ({ stride, dilation, taps }: ComponentAxis): number =>
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
        spacing: dilation / common,
      }
    },
  )
  const componentTaps = Math.max(
    ...strideComponents.map(({ at, count, spacing }) => at + (count - 1) * spacing + 1),
  )
  return { stride, before, input, outputs, strideComponents, componentTaps }
}
