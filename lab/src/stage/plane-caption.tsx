/**
 * The caption of a plane. It follows the lower edge of the drawing.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { layout } from './layout.ts'
import { isZooming } from './plate-geometry.ts'

interface PlaneCaptionProps {
  readonly of: 'input' | 'output'
  readonly name: string
  /** The height of the drawing, and of its box. The caption follows the drawing. */
  readonly drawn: () => number
  readonly box: () => number
  readonly children: JSX.Element | null
}

export function PlaneCaption({ of, name, drawn, box, children }: PlaneCaptionProps): JSX.Element {
  const style = useComputed(() => {
    const { isPhone } = layout.value
    const up = isZooming.value || isPhone ? 0 : Math.min(0, drawn() - box())
    return `transform:translateY(${up}px)`
  })
  return (
    <figcaption class={`of-${of}`} style={style}>
      <b>{name}</b>
      {children}
    </figcaption>
  )
}
