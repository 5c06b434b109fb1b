/**
 * What follows the window in the chart of a signal. The nodes stay; only attributes that differ are
 * written.
 */

import { tapColour } from '../../model/colours.ts'
import { colours } from '../colours.ts'
import { numberText } from '../number.ts'
import { activeTap, added, passedOutputs, place, products } from '../stage.ts'
import { outputAt, type Product, type StageModel } from '../stage-model.ts'
import { setAttribute, setText } from './patch.ts'
import {
  curve,
  heightOf,
  inputRow,
  middleColumn,
  middleRow,
  type Panels,
  round,
  type Span,
} from './signal-layout.ts'

export interface SignalNodes {
  /** The row of the input whose curve is drawn. A step along the row does not draw it again. */
  drawnRow: number | undefined
  readonly one: (name: string) => SVGElement | undefined
  readonly all: (name: string) => readonly SVGElement[]
}

export function nodesOf(svg: SVGSVGElement): SignalNodes {
  const found = new Map<string, readonly SVGElement[]>()
  const all = (name: string): readonly SVGElement[] => {
    const nodes = found.get(name) ?? [...svg.querySelectorAll<SVGElement>(name)]
    found.set(name, nodes)
    return nodes
  }
  return { drawnRow: undefined, all, one: (name) => all(name)[0] }
}

export interface SignalView {
  readonly model: StageModel
  readonly span: Span
  readonly panels: Panels
  readonly pitch: number
  readonly x: (column: number) => number
  readonly width: number
  readonly isDetail: boolean
  readonly marked: Span | undefined
}

export function drawSignal(nodes: SignalNodes, view: SignalView): void {
  drawBands(nodes, view)
  drawInput(nodes, view)
  drawTaps(nodes, view)
  drawOutput(nodes, view)
}

function setBox(
  node: SVGElement | undefined,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  if (!node) return
  setAttribute(node, 'x', String(round(x)))
  setAttribute(node, 'y', String(round(y)))
  setAttribute(node, 'width', String(round(Math.max(0, width))))
  setAttribute(node, 'height', String(round(Math.max(0, height))))
}

/** The columns of the window, and those that the other chart shows. */
function drawBands(
  nodes: SignalNodes,
  { model, panels, pitch, x, isDetail, marked }: SignalView,
): void {
  const first = place.value.x * model.stride.x
  const bottom = isDetail ? panels.products.bottom : panels.input.bottom
  const left = x(first) - pitch / 2
  setBox(nodes.one('.window-band'), left, 0, model.window.x * pitch, bottom)
  if (marked)
    setBox(
      nodes.one('.detail-band'),
      x(marked.first) - pitch / 2,
      0,
      marked.count * pitch,
      panels.output.bottom + 4,
    )
}

/** The row under the middle of the window; in detail also the other rows of the window. */
function drawInput(nodes: SignalNodes, { model, span, panels, x }: SignalView): void {
  const { padded } = model
  const middle = middleRow(model)
  const path = (row: number): string => {
    const start = inputRow(model, place.value, row) * padded.width
    return curve(
      span,
      (column) => padded.data[start + column],
      x,
      (value) => heightOf(value, panels.input),
    )
  }
  const row = inputRow(model, place.value, middle)
  if (nodes.drawnRow === row) return
  nodes.drawnRow = row
  setAttribute(nodes.one('.middle-row')!, 'd', path(middle))
  const others = nodes.all('.other-row')
  for (const [i, node] of others.entries()) setAttribute(node, 'd', path(i < middle ? i : i + 1))
  const start = row * padded.width
  for (const [i, node] of nodes.all('.sample-dots circle').entries()) {
    const value = padded.data[start + span.first + i]!
    setAttribute(node, 'cy', String(round(heightOf(value, panels.input))))
    setAttribute(node, 'visibility', Number.isFinite(value) ? undefined : 'hidden')
  }
}

/** The products of each weight: the sample as a dot, the weight as a stem, the product as a bar. */
function drawTaps(nodes: SignalNodes, view: SignalView): void {
  const { model, panels, pitch, x, isDetail } = view
  const { kernel } = model
  const middle = middleRow(model)
  const all = products.value
  const shown = isDetail ? all : all.slice(middle * kernel.width, (middle + 1) * kernel.width)
  const seen = added.value ?? model.taps
  const slot = kernel.height > 1 ? Math.min(10, (pitch * 0.86) / kernel.height) : pitch * 0.7
  const dots = nodes.all('.tap-dot')
  const groups = nodes.all('.tap-slot')
  for (const [i, one] of shown.entries()) {
    const row = Math.floor(one.tap / kernel.width)
    const { background } = tapColour(one.tap, kernel.width, kernel.height, colours.value.isDark)
    const isActive = activeTap.value === one.tap
    const sample = Number.isFinite(one.value) ? one.value : 0
    const dot = dots[i]!
    setAttribute(dot, 'cx', String(round(x(one.x))))
    setAttribute(dot, 'cy', String(round(heightOf(sample, panels.input))))
    setAttribute(dot, 'r', String(Math.min(row === middle ? 4.5 : 3, Math.max(2, pitch * 0.45))))
    setAttribute(dot, 'fill', background)
    setAttribute(dot, 'data-active', isActive ? '' : undefined)
    setAttribute(dot, 'data-padding', one.isPadding ? '' : undefined)
    const group = groups[i]
    if (!group) continue
    setAttribute(group, 'data-active', isActive ? '' : undefined)
    const offset = kernel.height > 1 ? (row - (kernel.height - 1) / 2) * slot : 0
    drawTap(group, one, view, x(one.x) + offset, slot, one.tap < seen, background)
  }
  for (const [column, label] of nodes.all('.sample-text').entries()) {
    const { x: at, value } = all[middle * kernel.width + column]!
    const height = heightOf(value, panels.input)
    setAttribute(label, 'x', String(round(x(at))))
    setAttribute(
      label,
      'y',
      String(round(height < panels.input.top + 20 ? height + 17 : height - 8)),
    )
    setText(label, numberText(value).length > 4 ? '' : numberText(value))
  }
}

/** One product in its slot under the sample. */
function drawTap(
  group: SVGElement,
  { weight, product }: Product,
  { panels, pitch }: SignalView,
  at: number,
  slot: number,
  isAdded: boolean,
  colour: string,
): void {
  const [mark, stem, head, bar] = group.children as unknown as SVGElement[]
  const markWidth = Math.max(1.5, Math.min(slot - 1, 18))
  setAttribute(mark!, 'x', String(round(at - markWidth / 2)))
  setAttribute(mark!, 'width', String(round(markWidth)))
  setAttribute(mark!, 'fill', colour)
  const [zero, top] = [heightOf(0, panels.weights), heightOf(weight, panels.weights)]
  for (const name of ['x1', 'x2']) setAttribute(stem!, name, String(round(at)))
  setAttribute(stem!, 'y1', String(round(zero)))
  setAttribute(stem!, 'y2', String(round(top)))
  setAttribute(head!, 'cx', String(round(at)))
  setAttribute(head!, 'cy', String(round(top)))
  const [base, end] = [heightOf(0, panels.products), heightOf(product, panels.products)]
  const width = Math.max(1, Math.min(slot - 1, pitch * 0.7, 16))
  setBox(bar, at - width / 2, Math.min(base, end), width, Math.abs(end - base))
  setAttribute(bar!, 'visibility', isAdded && Number.isFinite(product) ? undefined : 'hidden')
}

/** The outputs of the row that the window has passed, and the one at the place. */
function drawOutput(
  nodes: SignalNodes,
  { model, span, panels, x, width, isDetail }: SignalView,
): void {
  const { output } = model
  const { x: at, y: row } = place.value
  const passed = passedOutputs()
  const isKnown = added.value === undefined
  // The outputs whose windows have their middle in the drawn columns.
  const outputOf = (column: number): number => (column - (model.window.x - 1) / 2) / model.stride.x
  const first = Math.max(0, Math.ceil(outputOf(span.first)))
  const last = Math.min(output.width - 1, Math.floor(outputOf(span.first + span.count - 1)))
  const valueAt = (i: number): number | undefined => {
    const number = row * output.width + i
    return !passed[number] || (i === at && !isKnown) ? undefined : output.data[number]
  }
  const xOf = (i: number): number => x(middleColumn(model, i))
  const yOf = (value: number): number => heightOf(value, panels.output)
  setAttribute(
    nodes.one('.output-row')!,
    'd',
    curve({ first, count: last - first + 1 }, valueAt, xOf, yOf),
  )
  for (const [i, node] of nodes.all('.output-dots circle').entries()) {
    const value = first + i <= last ? valueAt(first + i) : undefined
    const isShown = value !== undefined && Number.isFinite(value)
    setAttribute(node, 'visibility', isShown ? undefined : 'hidden')
    if (!isShown) continue
    setAttribute(node, 'cx', String(round(xOf(first + i))))
    setAttribute(node, 'cy', String(round(yOf(value))))
  }
  const sum = outputAt(model, place.value)
  const [cx, cy] = [xOf(at), yOf(Number.isFinite(sum) ? sum : 0)]
  const now = nodes.one('.now-dot')!
  setAttribute(now, 'cx', String(round(cx)))
  setAttribute(now, 'cy', String(round(cy)))
  setAttribute(now, 'visibility', isKnown ? undefined : 'hidden')
  if (!isDetail) return
  const end = panels.output.bottom + 2
  setAttribute(nodes.one('.sum-link')!, 'd', `M${round(cx)} ${panels.products.bottom}V${end}`)
  setAttribute(nodes.one('.wire-end')!, 'x', String(round(cx - 5)))
  const label = nodes.one('.sum-text')!
  const isAtEnd = cx > width - 70
  setAttribute(label, 'x', String(round(cx + (isAtEnd ? -10 : 10))))
  setAttribute(label, 'text-anchor', isAtEnd ? 'end' : 'start')
  const [high, low] = [panels.output.top + 10, panels.output.bottom]
  setAttribute(label, 'y', String(round(Math.max(high, Math.min(low, cy + 5)))))
  setText(label, isKnown ? numberText(sum) : '')
}
