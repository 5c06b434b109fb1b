/**
 * What follows the window in the line of memory: the cells, their numbers, and the jumps. The nodes
 * stay; only texts and attributes that differ are written.
 */

import { tapColour } from '../../model/colours.ts'
import { exactText } from '../../model/number-text.ts'
import { colours } from '../colours.ts'
import { greyOf, inkOn } from '../scale.ts'
import { activeTap, added, place, products, region } from '../stage.ts'
import type { Product, StageModel } from '../stage-model.ts'
import { language } from './language.ts'
import { elementAt, lineBytes, type Tape, tapeStart } from './memory-layout.ts'
import type { MemoryText } from './memory-text.ts'
import { setAttribute, setStyle, setText } from './patch.ts'

/** The width of a digit of an element. */
const elementDigit = 7.4
/** The arcs stand below the numbers, or between them if there is room. */
export const arcHeight = 24
const leastBetween = 76
/** The distance of arcs that start below the numbers, and of those beside them. */
const [belowSpace, besideSpace] = [4, 5]

/** A place of the line, as it is drawn now. */
export interface Spot {
  readonly x: number
  readonly y: number
  readonly tap: number | undefined
  /** Everything else that its drawing depends on. */
  readonly look: string
}

export interface TapeView {
  readonly model: StageModel
  readonly tape: Tape
  readonly bytes: number
  readonly text: MemoryText
}

/** Which numbers have room: of every place, or of the first of a run with arcs between them. */
export function numbersOf(
  model: StageModel,
  { places, pitch, gap }: Tape,
  bytes: number,
): { readonly width: number; readonly isEvery: boolean; readonly isBetween: boolean } {
  const width = String(model.input.data.length * bytes).length * elementDigit
  const isEvery = width + 4 <= pitch
  return { width, isEvery, isBetween: !isEvery && places * pitch + gap - width >= leastBetween }
}

export function drawTape(
  cells: ArrayLike<HTMLElement>,
  jumps: SVGSVGElement,
  view: TapeView,
  last: readonly Spot[],
): Spot[] {
  const { model, tape, bytes } = view
  const { kernel, padded } = model
  const start = tapeStart(model, region.value, place.value, tape)
  const { width, isEvery, isBetween } = numbersOf(model, tape, bytes)
  const byPlace = new Map(products.value.map((one) => [one.y * padded.width + one.x, one]))
  // The first weight of a row whose sample is in memory. It is the same in all rows.
  const column = products.value.find(({ isPadding }) => !isPadding)?.tap ?? 0
  const seen = added.value ?? model.taps
  const { isDark } = colours.value
  const middles: (number | undefined)[] = []
  const spots = Array.from(cells, (cell, i): Spot => {
    const [run, across] = [Math.floor(i / tape.places), i % tape.places]
    const [x, y] = [start.x + across, start.y + run * tape.step]
    const one = byPlace.get(y * padded.width + x)
    const isFirst = one && !one.isPadding && (one.tap - column) % kernel.width === 0
    if (isFirst)
      middles[Math.floor(one.tap / kernel.width)] =
        run * (tape.places * tape.pitch + tape.gap) + (across + 0.5) * tape.pitch
    const isAdded = one !== undefined && one.tap < seen
    const isActive = isAdded && one.tap === activeTap.value
    const look = `${isAdded},${isActive},${isFirst},${one?.product},${isDark}`
    const before = last[i]
    const spot = { x, y, tap: one?.tap, look }
    if (before?.x !== x || before.y !== y || before.tap !== spot.tap || before.look !== look)
      drawCell(cell, spot, one, view, {
        isAdded,
        isActive,
        hasNumbers: isEvery || isFirst === true,
      })
    return spot
  })
  drawJumps(jumps, model, middles, isBetween ? width / 2 + besideSpace : undefined)
  return spots
}

interface CellState {
  readonly isAdded: boolean
  readonly isActive: boolean
  readonly hasNumbers: boolean
}

function drawCell(
  cell: HTMLElement,
  { x, y }: Spot,
  one: Product | undefined,
  { model, tape, bytes, text }: TapeView,
  { isAdded, isActive, hasNumbers }: CellState,
): void {
  const { isDark } = colours.value
  const { kernel, padded, before } = model
  const element = elementAt(model, x, y)
  const byte = element === undefined ? 0 : element * bytes
  const value = padded.data[y * padded.width + x]!
  const set = (name: string, state: string | boolean | undefined): void =>
    setAttribute(cell, name, state === true ? '' : state === false ? undefined : state)
  const tap = isAdded ? one?.tap : undefined
  set('data-tap', tap === undefined ? undefined : String(tap))
  set('data-wire-tap', one && String(one.tap))
  set('data-active', isActive)
  set('data-line', element !== undefined && byte % lineBytes === 0)
  set('data-kind', element === undefined ? 'padding' : 'sample')
  set('aria-selected', String(one !== undefined))
  const [row, column] = [y - before.y, x - before.x]
  const parts = [
    element === undefined ? text.paddingCell(row, column) : text.cell(element, byte, row, column),
    text.value(exactText(value)),
    ...(one ? [text.tap(one.tap + 1, exactText(one.product))] : []),
  ]
  set('aria-label', parts.join(language.value === 'zh' ? '，' : ', '))
  const colour =
    tap === undefined
      ? 'transparent'
      : tapColour(tap, kernel.width, kernel.height, isDark).background
  setStyle(cell, '--tap', colour)
  if (model.isPicture && element !== undefined) {
    const grey = shade(greyOf(value, model.inputScale), one !== undefined, isDark)
    setStyle(cell, '--ground', `rgb(${grey} ${grey} ${grey})`)
    setStyle(cell, '--digits', inkOn(grey))
  }
  const [valueNode, elementNode, byteNode] = cell.children as unknown as HTMLElement[]
  const isNamed = hasNumbers && element !== undefined
  setText(valueNode!, tape.hasDigits && element !== undefined ? exactText(value) : '')
  setText(elementNode!, isNamed ? String(element) : '')
  setText(byteNode!, isNamed ? String(byte) : '')
}

/**
 * The arcs from the first sample of a run to that of the next, with the jump in elements. `beside`:
 * how far an arc keeps from the middle of the numbers that it stands between.
 */
function drawJumps(
  svg: SVGSVGElement,
  model: StageModel,
  middles: readonly (number | undefined)[],
  beside: number | undefined,
): void {
  const jump = `+${model.dilation.y * model.input.width}`
  for (const [i, group] of [...svg.children].entries()) {
    const [arc, head, text] = group.children as unknown as SVGElement[]
    const [from, to] = [middles[i], middles[i + 1]]
    const isDrawn = from !== undefined && to !== undefined
    setAttribute(group, 'visibility', isDrawn ? undefined : 'hidden')
    if (!isDrawn) continue
    const shape =
      beside === undefined
        ? arcBelow(from + belowSpace, to - belowSpace)
        : arcBetween(from + beside, to - beside)
    setAttribute(arc!, 'd', shape.arc)
    setAttribute(head!, 'd', shape.head)
    setAttribute(text!, 'x', String((from + to) / 2))
    setText(text!, jump)
  }
}

interface Arc {
  readonly arc: string
  readonly head: string
}

/** Straight down, along, and straight up to the number above. */
function arcBelow(a: number, b: number): Arc {
  const [top, deep] = [2, arcHeight - 7]
  const bend = Math.min(26, (b - a) / 3)
  const near = 0.4 * bend
  return {
    arc:
      `M${a} ${top}C${a} ${deep} ${a + near} ${deep} ${a + bend} ${deep}` +
      `H${b - bend}C${b - near} ${deep} ${b} ${deep} ${b} ${top}`,
    head: `M${b - 3.5} 6L${b} 1L${b + 3.5} 6`,
  }
}

/** A shallow arc from the right of a number to the left of the next. */
function arcBetween(a: number, b: number): Arc {
  const [top, deep] = [6, arcHeight - 9]
  const bend = Math.min(26, (b - a) / 3)
  const near = 0.7 * bend
  return {
    arc:
      `M${a} ${top}C${a + near} ${deep} ${a + near} ${deep} ${a + bend} ${deep}` +
      `H${b - bend}C${b - near} ${deep} ${b - near} ${deep} ${b} ${top}`,
    head: `M${b - 6.5} ${top}L${b} ${top - 1}L${b - 3} ${top + 5.5}`,
  }
}

/** Samples outside the window are paler, so that the window stands out. */
const shade = (grey: number, isInWindow: boolean, isDark: boolean): number =>
  isInWindow ? grey : isDark ? Math.round(38 + grey * 0.3) : Math.round(255 - (255 - grey) * 0.3)
