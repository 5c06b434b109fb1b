/**
 * All places of the region as a drawing: one line for each place of the window, at the true scale
 * of the memory. It is the same pattern every time, moved by the stride.
 */

import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { colours } from '../colours.ts'
import { prepare } from '../draw-planes.ts'
import { activeTap, added, moveTo, place, region, stageModel } from '../stage.ts'
import { inLanguage } from './language.ts'
import type { Tape } from './memory-layout.ts'
import {
  axisHeight,
  drawPlaces,
  type PlacesPlan,
  type PlacesView,
  placesPlan,
} from './memory-places-drawing.ts'
import { memoryText } from './memory-text.ts'
import { setAttribute, useFollowing } from './patch.ts'

interface PlacesProps {
  readonly tape: Tape
  readonly bytes: number
  /** The width of the column with the names. */
  readonly names: number
  readonly width: number
  readonly height: number
}

export function MemoryPlaces({ tape, bytes, names, width, height }: PlacesProps): JSX.Element {
  const w = inLanguage(memoryText)
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawn = useRef<PlacesPlan>(undefined)
  const frame = useRef(0)
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  // The drawing follows one frame later, so that it never delays the window.
  useFollowing(() => {
    const model = stageModel.value
    const pitch = tape.isWhole ? tape.pitch : undefined
    const plan = placesPlan(model, region.value, place.value, width - names, height, pitch)
    const view: PlacesView = {
      model,
      place: place.value,
      activeTap: activeTap.value,
      added: added.value ?? model.taps,
      colours: colours.value,
      bytes,
      names,
      width,
      axisName: w.element,
      rowName: w.rowOfPlaces,
    }
    drawn.current = plan
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => {
      if (!canvas.current) return
      const { output } = model
      const all = output.width * output.height
      setAttribute(canvas.current, 'aria-label', w.placesLabel(plan.places.length, all))
      setAttribute(canvas.current, 'data-places', String(plan.places.length))
      drawPlaces(prepare(canvas.current, width, height), plan, view)
    })
  }, [tape, bytes, names, width, height, w])

  const choose = (event: MouseEvent): void => {
    const plan = drawn.current
    if (!plan) return
    const line =
      (event.clientY - canvas.current!.getBoundingClientRect().top - axisHeight) / plan.line
    const chosen = plan.places[Math.max(0, Math.min(plan.places.length - 1, Math.floor(line)))]
    if (chosen) moveTo(chosen)
  }
  return (
    <canvas
      ref={canvas}
      class="places"
      role="img"
      style={{ width: `${width}px`, height: `${height}px` }}
      onClick={choose}
    />
  )
}
