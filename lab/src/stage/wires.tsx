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
import { colours } from './colours.ts'
import { drawnDock } from './dock.tsx'
import { layout } from './layout.ts'
import { texts } from './messages/index.ts'
import { productLine } from './number.ts'
import { plateGeometry } from './plate-geometry.ts'
import { activeTap, added, place, productOf, products, wireEnds } from './stage.ts'
import { tapWires } from './strands.ts'
import {
  type Box,
  cone,
  dockedSum,
  type Ends,
  fullSum,
  outputWire,
  phoneCone,
  phoneSum,
  sumLine,
  type Wire,
} from './wire-paths.ts'

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
function placeLabel(label: HTMLSpanElement, ends: Ends): void {
  const { isPhone, isDocked } = layout.peek()
  label.hidden = isPhone || isDocked
  if (label.hidden) return
  const tap = activeTap.peek()
  label.classList.toggle('counted', tap !== undefined)
  label.textContent = tap === undefined ? texts().addUp : productLine(productOf(tap))
  const { line, from, to } = sumLine(ends)
  label.style.left = `${(to + from) / 2}px`
  label.style.top = `${line}px`
}
