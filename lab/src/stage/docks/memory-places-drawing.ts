/**
 * The drawing of all places of a region: which lines it has, and their pixels.
 */

import { tapColour } from '../../model/colours.ts'
import type { Colours } from '../colours.ts'
import type { Region } from '../region.ts'
import { type Place, type StageModel, sampleOf } from '../stage-model.ts'
import { elementAt, lineBytes } from './memory-layout.ts'

/** The height of the axis with the elements, above the lines. */
export const axisHeight = 16
const [leastLine, mostLine] = [4, 15]

/** The height that the drawing of so many places needs at most. */
export const placesHeight = (places: number): number => axisHeight + mostLine * places + 4

const labelDistance = 44
const fontSize = 12
/** Names end here, as those of the line above the drawing. */
const namesEnd = 44
/** How much of the other places is seen. */
const paleAlpha = 0.4

export interface PlacesPlan {
  readonly places: readonly Place[]
  /** The height of a line, in CSS pixels. */
  readonly line: number
  /** The first element at the left edge, and the number of elements across. */
  readonly first: number
  readonly count: number
  /** CSS pixels of an element. */
  readonly pitch: number
}

/**
 * `pitch`: the pixels of an element, if the whole input is drawn. Else the elements fill `width`.
 */
export function placesPlan(
  model: StageModel,
  { input, output }: Region,
  place: Place,
  width: number,
  height: number,
  pitch: number | undefined,
): PlacesPlan {
  const all = Array.from({ length: output.width * output.height }, (_, i) => ({
    x: output.x + (i % output.width),
    y: output.y + Math.floor(i / output.width),
  }))
  const room = Math.max(0, height - axisHeight)
  const most = Math.min(all.length, Math.floor(room / leastLine))
  const now = (place.y - output.y) * output.width + place.x - output.x
  const start = Math.max(0, Math.min(all.length - most, now - Math.floor(most / 2)))
  const { before, input: plane } = model
  const inside = (at: number, extent: number): number => Math.max(0, Math.min(extent - 1, at))
  const element = (x: number, y: number): number =>
    inside(y - before.y, plane.height) * plane.width + inside(x - before.x, plane.width)
  const first = pitch === undefined ? element(input.x, input.y) : 0
  const end = element(input.x + input.width - 1, input.y + input.height - 1)
  const count = pitch === undefined ? end - first + 1 : plane.width * plane.height
  return {
    places: all.slice(start, start + most),
    line: Math.min(mostLine, room / Math.max(1, most)),
    first,
    count,
    pitch: pitch ?? width / count,
  }
}

export interface PlacesView {
  readonly model: StageModel
  readonly place: Place
  readonly activeTap: number | undefined
  /** Products that are already added. */
  readonly added: number
  readonly colours: Colours
  readonly bytes: number
  readonly names: number
  readonly width: number
  readonly axisName: string
  readonly rowName: (y: number) => string
}

export function drawPlaces(
  context: CanvasRenderingContext2D,
  { places, line, first, count, pitch }: PlacesPlan,
  { model, place, activeTap, added, colours, bytes, names, axisName, rowName }: PlacesView,
): void {
  const { kernel, input } = model
  const height = places.length * line
  const xOf = (element: number): number => names + (element - first) * pitch
  context.font = `${fontSize}px ${colours.sans}`
  context.textBaseline = 'alphabetic'
  drawAxis()
  const space = pitch > 6 ? 1 : 0
  const tapColours = Array.from(
    { length: model.taps },
    (_, tap) => tapColour(tap, kernel.width, kernel.height, colours.isDark).background,
  )
  const isFolded = kernel.height > 1 || model.output.height > 1
  for (const [i, at] of places.entries()) {
    const top = axisHeight + i * line
    const isCurrent = at.x === place.x && at.y === place.y
    const thick = Math.max(2, line - 1.5)
    if (isCurrent) {
      context.fillStyle = colours['in-t']
      context.fillRect(names - 6, top - 1, count * pitch + 12, line + 1)
      context.fillStyle = colours.in
      context.fillRect(names - 9, top - 1, 3, line + 1)
    }
    for (let tap = 0; tap < model.taps; tap++) {
      const { x, y } = sampleOf(model, tap, at)
      const element = elementAt(model, x, y)
      if (element === undefined || (isCurrent && tap >= added)) continue
      context.globalAlpha = isCurrent || tap === activeTap ? 1 : paleAlpha
      context.fillStyle = tapColours[tap]!
      context.fillRect(xOf(element), top, Math.max(1, pitch - space), thick)
    }
    context.globalAlpha = 1
    // The name of a row of outputs, at its first line.
    const isRowStart = i === 0 || places[i - 1]!.y !== at.y
    const linesOfRow = places.filter(({ y }) => y === at.y).length
    if (isFolded && isRowStart && linesOfRow * line >= fontSize) {
      context.fillStyle = at.y === place.y ? colours.out : colours.ink2
      context.textAlign = 'right'
      context.fillText(rowName(at.y), namesEnd, top + (linesOfRow * line) / 2 + 4)
    }
  }

  /** Cache lines as thin lines, and the first element of each row of the input with its number. */
  function drawAxis(): void {
    const perLine = lineBytes / bytes
    context.fillStyle = colours.ink2
    context.globalAlpha = 0.45
    for (let at = Math.ceil(first / perLine) * perLine; at < first + count; at += perLine)
      if (perLine * pitch >= 4) context.fillRect(Math.round(xOf(at)), axisHeight - 3, 1, height + 4)
    context.globalAlpha = 1
    context.fillStyle = colours.ink2
    context.textAlign = 'right'
    context.fillText(axisName, namesEnd, fontSize - 2)
    context.textAlign = 'center'
    // Numbers stand at the rows of the input, or at the cache lines if there are not two rows.
    const rows = Math.floor((first + count - 1) / input.width) - Math.ceil(first / input.width)
    const step = rows >= 1 ? input.width : perLine
    let lastLabel = Number.NEGATIVE_INFINITY
    for (let at = Math.ceil(first / step) * step; at < first + count; at += step) {
      const x = xOf(at)
      context.fillStyle = colours.ink2
      context.fillRect(Math.round(x), axisHeight - 3, 1, height + 4)
      if (x - lastLabel < labelDistance) continue
      lastLabel = x
      context.fillText(String(at), x, fontSize - 2)
    }
  }
}
