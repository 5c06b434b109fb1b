/**
 * The problem in one line of words: the extents of input, kernel and output, then what differs from
 * a plain convolution layer.
 */

import type { JSX } from 'preact'
import type { AxisGeometry, ConvGeometry } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import { viewModel } from '../model/shared.ts'

/** Whether one row or one image goes in, one comes out, and the kernel is one of these too. */
export const isOnePlane = ({ axes, batch, channels, filters }: ConvGeometry): boolean =>
  axes.length <= 2 && batch === 1 && channels === 1 && filters === 1

export function ProblemLine(): JSX.Element {
  const { geometry, shapes } = viewModel.value
  const leadingAxes = isOnePlane(geometry) ? 2 : 0
  const text = (shape: readonly number[]): string => shape.slice(leadingAxes).join('×')
  return (
    <span class="sizes">
      <b class="of-input">{text(shapes.input)}</b> <span class="sign">∗</span>{' '}
      <b class="of-kernel">{text(shapes.kernel)}</b> <span class="sign">→</span>{' '}
      <b class="of-output">{text(shapes.output)}</b>
    </span>
  )
}

/** What differs from stride 1, without padding, dilation, groups, border and flip. */
export function ProblemDetails(): JSX.Element | null {
  const w = messages()
  const { axes, boundary, groups, flip } = viewModel.value.geometry
  const perAxis = (name: keyof AxisGeometry, usual: number): string | undefined => {
    const numbers = axes.map((axis) => axis[name])
    if (numbers.every((number) => number === usual)) return undefined
    return numbers.every((number) => number === numbers[0]) ? `${numbers[0]}` : numbers.join('×')
  }
  const pads = axes.map(({ before, after }) =>
    before === after ? `${before}` : `${before}:${after}`,
  )
  const isPadded = pads.some((pad) => pad !== '0')
  const isAlike = pads.every((pad) => pad === pads[0])
  const borders = [...new Set(boundary.map((b) => (typeof b === 'string' ? b : 'constant')))]
  const parts = [
    w.problemParts.stride(perAxis('stride', 1)),
    w.problemParts.dilation(perAxis('dilation', 1)),
    w.problemParts.inputDilation(perAxis('inputDilation', 1)),
    w.problemParts.padding(isPadded ? (isAlike ? pads[0] : pads.join(', ')) : undefined),
    w.problemParts.border(
      isPadded && borders.join() !== 'zero' ? borders.map((name) => w.borders[name]) : undefined,
    ),
    w.problemParts.groups(groups > 1 ? `${groups}` : undefined),
    flip ? w.problemParts.flip : '',
  ].filter(Boolean)
  return parts.length === 0 ? null : <span class="details">{parts.join(w.comma)}</span>
}
