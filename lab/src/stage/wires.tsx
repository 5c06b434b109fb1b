/**
 * The lines between the parts: from the frame to the lens, from the products to the sum, from the
 * sum to its place. With a docked view, a line of its colour leaves every sample of the lens for
 * its place in the view.
 *
 * A docked view marks the ends: `data-wire-tap` for the sample of a tap, `data-wire-output` for the
 * current output. The line to the output comes from below, or from the left with the value `side`.
 */

import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { tapColour } from '../model/colours.ts'
import { colours } from './colours.ts'
import { drawnDock } from './dock.tsx'
import { layout } from './layout.ts'
import { texts } from './messages/index.ts'
import { numberText } from './number.ts'
import { plateGeometry } from './plate-geometry.ts'
import { activeTap, added, place, productOf, products, stageModel, wireEnds } from './stage.ts'

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const middleX = ({ left, right }: Box): number => (left + right) / 2
const middleY = ({ top, bottom }: Box): number => (top + bottom) / 2

/** A path with its colour and its width; `hasCasing` draws it over a lighter one. */
interface Wire {
  readonly path: string
  readonly colour: string
  readonly width: number
  readonly hasCasing?: boolean
  readonly isFilled?: boolean
  readonly opacity?: number
}

export function Wires(): JSX.Element {
  const svg = useRef<SVGSVGElement>(null)
  const label = useRef<HTMLSpanElement>(null)
  const frame = useRef(0)
  const draw = (): void => {
    frame.current = 0
    if (svg.current && label.current) show(svg.current, label.current)
  }
  const schedule = (): void => {
    if (frame.current === 0) frame.current = requestAnimationFrame(draw)
  }
  useSignalEffect(() => {
    // Everything that moves an end of a line.
    layout.value
    plateGeometry.value
    place.value
    products.value
    activeTap.value
    added.value
    colours.value
    drawnDock.value
    wireEnds.value
    texts()
    schedule()
  })
  useEffect(() => {
    const observer = new ResizeObserver(schedule)
    const stage = svg.current!.parentElement!
    observer.observe(stage)
    // A docked view may scroll its figure.
    stage.addEventListener('scroll', schedule, true)
    void document.fonts.ready.then(schedule)
    return () => {
      observer.disconnect()
      stage.removeEventListener('scroll', schedule, true)
      cancelAnimationFrame(frame.current)
    }
  }, [])
  return (
    <>
      <svg ref={svg} class="wires" aria-hidden="true" />
      <span ref={label} class="wire-label" aria-hidden="true" />
    </>
  )
}

function show(svg: SVGSVGElement, label: HTMLSpanElement): void {
  const stage = svg.parentElement!
  const origin = stage.getBoundingClientRect()
  const find = (selector: string): Box | undefined => {
    const element = stage.querySelector(selector)
    if (!element) return undefined
    const { left, top, right, bottom } = element.getBoundingClientRect()
    return {
      left: left - origin.left,
      top: top - origin.top,
      right: right - origin.left,
      bottom: bottom - origin.top,
    }
  }
  const [frame, window, product, marker, mark, value] = [
    find('.frame'),
    find('.lens-grid.window'),
    find('.lens-grid.products'),
    find('.scale'),
    find('.mark'),
    find('.sum strong'),
  ]
  if (!frame || !window || !product || !marker || !mark || !value) return
  const hasWay = stage.querySelector('.sum small')?.textContent !== ''
  const sumTop = hasWay ? (find('.sum small')?.top ?? value.top) : value.top
  const ends: Ends = {
    frame,
    window,
    product,
    marker: markerOf(stage, marker, find),
    mark,
    value,
    sumTop,
  }
  const { isPhone, isDocked } = layout.peek()
  const wires = [
    ...(isPhone ? phoneCone(ends) : cone(ends)),
    ...(isPhone ? phoneSum(ends, isDocked) : isDocked ? dockedSum(ends) : fullSum(ends)),
    ...(isDocked && !isPhone ? tapWires(find, ends) : outputWire(ends, isPhone)),
  ]
  render(svg, wires)
  placeLabel(label, ends)
}

/** The marker on the scale, or the whole box of a small example. */
const markerOf = (stage: Element, scale: Box, find: (selector: string) => Box | undefined): Box =>
  stage.querySelector('.scale.plain') ? scale : (find('.scale .marker') ?? scale)

interface Ends {
  readonly frame: Box
  readonly window: Box
  readonly product: Box
  readonly marker: Box
  readonly mark: Box
  readonly value: Box
  readonly sumTop: number
}

const lineWidth = (): number => (layout.peek().isPresenting ? 3 : 2)

function cone({ frame, window }: Ends): Wire[] {
  const colour = colours.peek().in
  const isClose = frame.right - frame.left > 100
  const edge = { colour, width: isClose ? 1 : lineWidth() - 0.5, hasCasing: !isClose }
  return [
    {
      path: `M${frame.right} ${frame.top}L${window.left} ${window.top}V${window.bottom}L${frame.right} ${frame.bottom}z`,
      colour,
      width: 0,
      isFilled: true,
      opacity: isClose ? 0.07 : 0.13,
    },
    { path: `M${frame.right} ${frame.top}L${window.left} ${window.top - 1}`, ...edge },
    { path: `M${frame.right} ${frame.bottom}L${window.left} ${window.bottom + 1}`, ...edge },
  ]
}

function phoneCone({ frame, window }: Ends): Wire[] {
  const colour = colours.peek().in
  return [
    {
      path: `M${frame.left} ${frame.bottom}L${window.left} ${window.top}H${window.right}L${frame.right} ${frame.bottom}z`,
      colour,
      width: 0,
      isFilled: true,
      opacity: 0.16,
    },
    {
      path: `M${frame.left} ${frame.bottom}L${window.left} ${window.top}`,
      colour,
      width: 1.5,
      hasCasing: true,
    },
    {
      path: `M${frame.right} ${frame.bottom}L${window.right} ${window.top}`,
      colour,
      width: 1.5,
      hasCasing: true,
    },
  ]
}

const arrowDown = (x: number, y: number): string =>
  `M${x - 5} ${y - 9}L${x} ${y - 2}L${x + 5} ${y - 9}z`

/** From the three products down to the sum: a bracket, a line with a label, an arrow. */
function fullSum({ product, value, sumTop }: Ends): Wire[] {
  const colour = colours.peek().pro
  const large = layout.peek().isPresenting
  const start = product.bottom + (large ? 10 : 7)
  const bracket = start + (large ? 10 : 7)
  const line = bracket + (large ? 26 : 14)
  const to = value.left + (large ? 60 : 34)
  const from = middleX(product)
  const end = Math.min(value.top, sumTop) - 2
  const r = 8
  return [
    {
      path:
        `M${product.left} ${start}V${bracket}H${product.right}V${start}` +
        `M${from} ${bracket}V${line - r}Q${from} ${line} ${from - r} ${line}` +
        `H${to + r}Q${to} ${line} ${to} ${line + r}V${end - 8}`,
      colour,
      width: lineWidth() - 0.5,
    },
    { path: arrowDown(to, end), colour, width: 0, isFilled: true },
  ]
}

function dockedSum({ product, marker }: Ends): Wire[] {
  const colour = colours.peek().pro
  const [x, y] = [product.right + 6, middleY(product)]
  const to = marker.left - 20
  return [
    {
      path: `M${x} ${product.top}H${x + 5}V${product.bottom}H${x}M${x + 5} ${y}H${to}`,
      colour,
      width: 1.5,
    },
    { path: `M${to - 2} ${y - 4}v8l7 -4z`, colour, width: 0, isFilled: true },
  ]
}

function phoneSum({ product, value, sumTop }: Ends, isDocked: boolean): Wire[] {
  if (isDocked) return []
  const colour = colours.peek().pro
  const y = product.bottom + 8
  const x = Math.max(value.left + 20, Math.min(middleX(product), value.right - 14))
  return [
    {
      path: `M${product.left} ${y - 5}V${y}H${product.right}V${y - 5}M${x} ${y}V${sumTop - 6}`,
      colour,
      width: 1.5,
    },
    { path: arrowDown(x, sumTop), colour, width: 0, isFilled: true },
  ]
}

function outputWire({ marker, mark }: Ends, isPhone: boolean): Wire[] {
  if (added.peek() !== undefined && added.peek()! < products.peek().length) return []
  const [from, to] = [middleY(marker), middleY(mark)]
  const [bend, near] = isPhone ? [14, 26] : [60, 70]
  return [
    {
      path:
        `M${marker.left - 4} ${from}C${marker.left - bend} ${from} ` +
        `${mark.right + near} ${to} ${mark.right + 2} ${to}`,
      colour: colours.peek().out,
      width: isPhone ? 1.5 : lineWidth(),
      hasCasing: true,
    },
  ]
}

/** The strands from the lens to the docked view, and the line from its result to the output. */
function tapWires(find: (selector: string) => Box | undefined, ends: Ends): Wire[] {
  const { kernel, taps } = stageModel.peek()
  const { isDark } = colours.peek()
  const perRow = Math.min(3.3, 12 / kernel.height)
  const from = ends.window.bottom + 4
  const strands: Strand[] = []
  for (let tap = 0; tap < taps; tap++) {
    const end = find(`[data-wire-tap="${tap}"]`)
    const cell = find(`.lens-grid.window [data-tap="${tap}"]`)
    if (!end || !cell) continue
    const lane = cell.left + 2 + Math.floor(tap / kernel.width) * perRow
    strands.push({ tap, lane, top: cell.bottom, x: middleX(end), bottom: end.top - 3 })
  }
  const strandWires = onShelves(strands, from).map(({ tap, path }) => ({
    path,
    colour: tapColour(tap, kernel.width, kernel.height, isDark).background,
    width: activeTap.peek() === tap ? 4 : 2,
    opacity: activeTap.peek() === undefined || activeTap.peek() === tap ? 1 : 0.35,
  }))
  const { halo } = colours.peek()
  // The casings lie below all strands, so that no strand hides its neighbour.
  const wires: Wire[] = [
    ...strandWires.map(({ path }) => ({ path, colour: halo, width: 5, opacity: 0.75 })),
    ...strandWires,
  ]
  const result = find('[data-wire-output]')
  const home = find('.dock')
  if (!result || !home) return wires
  const { mark } = ends
  const to = middleY(mark)
  const [x, y] = [middleX(result), result.bottom + 7]
  const edge = home.left - 8
  const isSide = find('[data-wire-output="side"]') !== undefined
  const start = isSide
    ? { y: middleY(result), path: `M${result.left - 1} ${middleY(result)}H${edge}` }
    : { y, path: `M${x} ${result.bottom}V${y - 5}Q${x} ${y} ${x - 5} ${y}H${edge}` }
  return [
    ...wires,
    {
      path: `${start.path}C${edge - 40} ${start.y} ${mark.right + 60} ${to} ${mark.right + 2} ${to}`,
      colour: colours.peek().out,
      width: 2,
      hasCasing: true,
    },
  ]
}

/** A strand from a sample of the lens down to its place in a docked view. */
interface Strand {
  readonly tap: number
  readonly lane: number
  readonly top: number
  readonly x: number
  readonly bottom: number
}

const shelfPitch = 3.4
const bend = 5

/**
 * Each strand crosses on a shelf of its own height. Where they run to the right, the strand that
 * starts furthest right has the highest shelf, so few strands cross.
 */
function onShelves(
  strands: readonly Strand[],
  from: number,
): readonly { readonly tap: number; readonly path: string }[] {
  const shift = strands.reduce((sum, { lane, x }) => sum + x - lane, 0)
  const byLane = strands.toSorted((a, b) => (shift > 0 ? b.lane - a.lane : a.lane - b.lane))
  const room = Math.min(...strands.map(({ bottom }) => bottom)) - from - 2 * bend
  const pitch = Math.max(0, Math.min(shelfPitch, room / Math.max(1, strands.length - 1)))
  return byLane.map(({ tap, lane, top, x, bottom }, i) => {
    const y = from + bend + i * pitch
    const side = Math.sign(x - lane) * Math.min(bend, Math.abs(x - lane) / 2)
    return {
      tap,
      path:
        `M${lane} ${top}V${y - bend}Q${lane} ${y} ${lane + side} ${y}` +
        `H${x - side}Q${x} ${y} ${x} ${y + bend}V${bottom}`,
    }
  })
}

const svgName = 'http://www.w3.org/2000/svg'

/** Reuses the paths of the last drawing: only their attributes change. */
function render(svg: SVGSVGElement, wires: readonly Wire[]): void {
  const { halo } = colours.peek()
  const paths = wires.flatMap((wire) =>
    wire.hasCasing
      ? [{ ...wire, colour: halo, width: wire.width + 3, opacity: 0.75 }, wire]
      : [wire],
  )
  while (svg.childElementCount > paths.length) svg.lastElementChild!.remove()
  while (svg.childElementCount < paths.length) svg.append(document.createElementNS(svgName, 'path'))
  paths.forEach((wire, i) => {
    const path = svg.children[i]!
    const set = (name: string, value: string): void => {
      if (path.getAttribute(name) !== value) path.setAttribute(name, value)
    }
    set('d', wire.path)
    set('fill', wire.isFilled ? wire.colour : 'none')
    set('stroke', wire.isFilled ? 'none' : wire.colour)
    set('stroke-width', String(wire.width))
    set('opacity', String(wire.opacity ?? 1))
    set('stroke-linejoin', 'round')
  })
}

/** “add them up” on the line to the sum; with an active tap, its product. */
function placeLabel(label: HTMLSpanElement, { product, value }: Ends): void {
  const { isPhone, isDocked, isPresenting } = layout.peek()
  label.hidden = isPhone || isDocked
  if (label.hidden) return
  const tap = activeTap.peek()
  label.classList.toggle('counted', tap !== undefined)
  label.textContent = tap === undefined ? texts().addUp : productText(tap)
  const line = product.bottom + (isPresenting ? 46 : 28)
  label.style.left = `${(value.left + (isPresenting ? 60 : 34) + middleX(product)) / 2}px`
  label.style.top = `${line}px`
}

function productText(tap: number): string {
  const { value, weight, product } = productOf(tap)
  const factor = weight < 0 ? `(${numberText(weight)})` : numberText(weight)
  return `${numberText(value)} × ${factor} = ${numberText(product)}`
}
