/**
 * Keeps a part of a drawing in sight inside its scrolling box, such as the squares that move.
 */

import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { keepInSight } from '../grid/reveal.ts'

interface Props {
  /** The part, in units of the drawing. */
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Must stand in an SVG whose units are equally wide and high. */
export function DrawingInSight({ left, top, right, bottom }: Props): JSX.Element {
  const group = useRef<SVGGElement>(null)
  useLayoutEffect(() => {
    const drawing = group.current?.ownerSVGElement
    if (!drawing) return
    const sight = keepInSight(drawing, () => {
      const { width, left: x, top: y } = drawing.getBoundingClientRect()
      const view = drawing.viewBox.baseVal
      const scale = width / view.width
      const all = {
        left: x + (left - view.x) * scale,
        top: y + (top - view.y) * scale,
        right: x + (right - view.x) * scale,
        bottom: y + (bottom - view.y) * scale,
      }
      return { all, first: all }
    })
    sight.reveal()
    return sight.stop
  }, [left, top, right, bottom])
  return <g ref={group} />
}
