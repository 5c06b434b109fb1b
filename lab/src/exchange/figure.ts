/**
 * The first screen as a figure for a slide, a book or an animation: input with its window, samples
 * × weights = sum, output. All numbers are those of the model.
 *
 *     input          samples        output
 *     ┌────────┐      ▓▓▓           ┌───────┐
 *     │  ┌┐    │       ×            │       │
 *     │  └┘    │      ▓▓▓  kernel   │   □   │
 *     └────────┘      = 15          └───────┘
 *     row 2, column 4: 9·(−1) + 5·0 + … = 15
 */

import type { Colours } from '../stage/colours.ts'
import { narrowText, numberText } from '../stage/number.ts'
import { greyOf, inkOn, type Scale } from '../stage/scale.ts'
import {
  isPaddingAt,
  type Plane,
  type Product,
  productsAt,
  roundOff,
  type StageModel,
} from '../stage/stage-model.ts'
import type { Box, Pen, TextLook } from './pen.ts'

/** The model as a worker can receive it. */
export type FigureModel = Omit<StageModel, 'geometry'>

export interface FigureWords {
  readonly input: string
  readonly kernel: string
  readonly output: string
  readonly samples: string
  readonly place: (row: number, column: number) => string
  readonly products: (count: number) => string
}

export interface FigureLook {
  readonly colours: Colours
  readonly words: FigureWords
}

const margin = 28
const caption = 30
const foot = 44
const gap = 44
const planeRoom = { width: 400, height: 330 }
const maxCell = 54
/** Cells of this size show their numbers. */
const digitCell = 26
const lensRoom = 168
const maxLensCell = 42
const signHeight = 26
const sumHeight = 54

export interface FigureLayout {
  readonly width: number
  readonly height: number
  readonly cell: number
  readonly lensCell: number
  readonly input: Box
  readonly samples: Box
  readonly kernel: Box
  readonly output: Box
}

export function figureLayout({ padded, output, kernel }: FigureModel): FigureLayout {
  const fit = Math.min(
    planeRoom.width / padded.width,
    planeRoom.height / padded.height,
    planeRoom.width / output.width,
    planeRoom.height / output.height,
    maxCell,
  )
  const cell = fit > 1 ? Math.floor(fit) : fit
  const lensCell = Math.max(
    3,
    Math.floor(
      Math.min(
        maxLensCell,
        lensRoom / kernel.width,
        (planeRoom.height - signHeight - sumHeight) / (2 * kernel.height),
      ),
    ),
  )
  const lensWidth = Math.max(lensRoom, kernel.width * lensCell)
  const gridHeight = kernel.height * lensCell
  const lensHeight = 2 * gridHeight + signHeight + sumHeight + caption
  const height = Math.max(padded.height * cell, output.height * cell, lensHeight)
  const top = margin + caption
  const middle = (extent: number): number => top + (height - extent) / 2
  const plane = (x: number, { width, height: rows }: Plane): Box => ({
    ...{ x, y: middle(rows * cell) },
    ...{ width: width * cell, height: rows * cell },
  })
  const input = plane(margin, padded)
  const lensX = input.x + input.width + gap
  const lens = (y: number): Box => ({
    ...{ x: lensX + (lensWidth - kernel.width * lensCell) / 2, y },
    ...{ width: kernel.width * lensCell, height: gridHeight },
  })
  const samples = lens(middle(lensHeight))
  const result = plane(lensX + lensWidth + gap, output)
  return {
    width: Math.ceil(result.x + result.width + margin),
    height: Math.ceil(top + height + foot),
    ...{ cell, lensCell, input, samples, output: result },
    kernel: lens(samples.y + gridHeight + signHeight),
  }
}

/** Draws the window at an output, and the outputs up to `shown`. */
export function drawFigure(
  pen: Pen,
  model: FigureModel,
  { position, shown }: { readonly position: number; readonly shown: number },
  { colours, words }: FigureLook,
): void {
  const at = figureLayout(model)
  const { input, output, samples, kernel, cell } = at
  const place = { x: position % model.output.width, y: Math.floor(position / model.output.width) }
  const products = productsAt(model as StageModel, place)
  const { sans, serif } = colours
  pen.fill({ x: 0, y: 0, width: at.width, height: at.height }, colours.paper)

  const title = (text: string, box: Box, size: string, colour: string): void => {
    const look = { size: 17, colour, font: serif, isItalic: true, anchor: 'start' } as const
    pen.text(text, box.x, box.y - 17, look)
    if (size)
      pen.text(size, box.x + text.length * textWidth(text) + 10, box.y - 16, {
        ...{ size: 13, colour: colours.ink2, font: sans, anchor: 'start' },
      })
  }
  const extents = ({ width, height }: Plane): string => `${height} × ${width}`
  title(words.input, input, extents(model.input), colours.in)
  title(words.samples, samples, '', colours.in)
  title(words.output, output, extents(model.output), colours.out)

  drawInput(pen, model, at, colours)
  drawOutput(pen, model, at, shown, colours)

  // The window, and where its samples are shown large.
  const { stride, window, dilation } = model
  const frame = {
    ...{ x: input.x + place.x * stride.x * cell, y: input.y + place.y * stride.y * cell },
    ...{ width: window.x * cell, height: window.y * cell },
  }
  const right = frame.x + frame.width
  pen.line([right, frame.y], [samples.x, samples.y], colours.in)
  pen.line([right, frame.y + frame.height], [samples.x, samples.y + samples.height], colours.in)
  ring(pen, frame, colours.in, colours.halo)
  if (dilation.x > 1 || dilation.y > 1)
    for (const { x, y } of products) {
      const box = { x: input.x + x * cell, y: input.y + y * cell, width: cell, height: cell }
      pen.frame(box, colours.in, 1)
    }

  drawLens(pen, model, products, at, colours)
  const bottom = kernel.y + kernel.height
  const centre = kernel.x + kernel.width / 2
  const sign: TextLook = { size: 20, colour: colours.ink2, font: sans }
  pen.text('×', centre, kernel.y - signHeight / 2, sign)
  pen.text(words.kernel, kernel.x + kernel.width + 8, kernel.y + kernel.height / 2, {
    ...{ size: 15, colour: colours.ker, font: serif, isItalic: true, anchor: 'start' },
  })
  const result = Number(model.output.data[position])
  const text = numberText(result)
  const size = Math.min(32, 190 / (text.length + 2))
  const sumY = bottom + sumHeight / 2 + 4
  pen.text(`= ${text}`, centre, sumY, { size, colour: colours.out, font: sans, isBold: true })

  const cellOut = {
    ...{ x: output.x + place.x * cell, y: output.y + place.y * cell },
    ...{ width: cell, height: cell },
  }
  const end = centre + ((text.length + 2) * size * 0.57) / 2 + 8
  // A line over numbers would cross them out, so it ends at their plane.
  const goal = cell >= digitCell ? output.x : cellOut.x
  pen.line([end, sumY], [goal, cellOut.y + cell / 2], colours.out)
  ring(pen, cellOut, colours.out, colours.halo)

  const where = words.place(place.y + 1, place.x + 1)
  pen.text(`${where}${sumText(model, products, text, words)}`, at.width / 2, at.height - 24, {
    ...{ size: 15, colour: colours.ink, font: sans },
  })
}

/** Letters of Latin text are about half as wide as high, Chinese ones are square. */
const textWidth = (text: string): number => (/[\u4e00-\u9fff]/.test(text) ? 17 : 7.6)

/** The largest number of products that are written out. */
const maxTerms = 9
const maxLetters = 96

/** 9·(−1) + 5·0 + … = 15 */
function sumText(
  { divisor, bias }: FigureModel,
  products: readonly Product[],
  result: string,
  words: FigureWords,
): string {
  const factor = (value: number): string =>
    value < 0 ? `(${numberText(value)})` : numberText(value)
  const sum = products.map(({ value, weight }) => `${factor(value)}·${factor(weight)}`).join(' + ')
  const rest =
    `${divisor === 1 ? '' : ` ÷ ${numberText(divisor)}`}` +
    `${bias === 0 ? '' : ` ${bias < 0 ? '−' : '+'} ${numberText(Math.abs(bias))}`}`
  const isLong = products.length > maxTerms || sum.length > maxLetters
  const written = isLong ? words.products(products.length) : divisor === 1 ? sum : `(${sum})`
  const relation = result.startsWith('≈') ? '' : '= '
  return `${written}${rest} ${relation}${result}`
}

function ring(pen: Pen, { x, y, width, height }: Box, colour: string, halo: string): void {
  const grown = (by: number): Box => ({
    ...{ x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by },
  })
  pen.frame(grown(3), halo, 2)
  pen.frame(grown(2), colour, 2.5)
}

function hatch(pen: Pen, { x, y, width, height }: Box, colour: string): void {
  const step = width < 16 ? 4 : 6
  const [right, bottom] = [x + width, y + height]
  for (let c = Math.ceil((x + y) / step) * step; c <= right + bottom; c += step) {
    const from = [Math.min(right, c - y), Math.max(y, c - right)] as const
    const to = [Math.max(x, c - bottom), Math.min(bottom, c - x)] as const
    if (from[0] > to[0]) pen.line(from, to, colour)
  }
}

/** A number that fits its cell. */
function number(pen: Pen, value: number, box: Box, colour: string, font: string): void {
  const text = narrowText(roundOff(value), Math.max(4, Math.floor((box.width - 6) / 5.4)))
  const size = Math.min(17, box.width * 0.42, (box.width - 4) / (text.length * 0.57))
  pen.text(text, box.x + box.width / 2, box.y + box.height / 2, { size, colour, font })
}

const cellAt = ({ x, y }: Box, cell: number, column: number, row: number): Box => ({
  ...{ x: x + column * cell, y: y + row * cell, width: cell, height: cell },
})

function drawInput(pen: Pen, model: FigureModel, at: FigureLayout, colours: Colours): void {
  const { padded, input, before, isPicture, inputScale } = model
  const { cell } = at
  const inner = {
    ...{ x: at.input.x + before.x * cell, y: at.input.y + before.y * cell },
    ...{ width: input.width * cell, height: input.height * cell },
  }
  const hasDigits = cell >= digitCell
  pen.fill(at.input, colours.card)
  if (input.width < padded.width || input.height < padded.height)
    hatch(pen, at.input, colours.hatch)
  if (hasDigits && !isPicture) pen.fill(inner, colours['in-t'])
  else pen.greys(input, inputScale, inner, input.width * input.height)
  if (hasDigits)
    for (let row = 0; row < padded.height; row++)
      for (let column = 0; column < padded.width; column++) {
        const value = padded.data[row * padded.width + column]!
        const box = cellAt(at.input, cell, column, row)
        const isPadding = isPaddingAt(model as StageModel, column, row)
        if (!isPicture) pen.frame(box, colours.card, 1)
        if (isPadding) {
          const plate = Math.min(cell - 6, 22)
          const [x, y] = [box.x + (cell - plate) / 2, box.y + (cell - plate) / 2]
          pen.fill({ x, y, width: plate, height: plate }, colours.card)
        }
        const onPicture = isPicture && !isPadding
        const colour = isPadding
          ? colours.ink2
          : onPicture
            ? inkOn(greyOf(value, inputScale))
            : colours.in
        number(pen, value, box, colour, colours.sans)
      }
  pen.frame(at.input, colours.edge, 1)
}

function drawOutput(
  pen: Pen,
  { output, outputScale, isPicture }: FigureModel,
  at: FigureLayout,
  shown: number,
  colours: Colours,
): void {
  const { cell } = at
  const hasDigits = cell >= digitCell
  pen.fill(at.output, colours.sink)
  if (!hasDigits || isPicture) pen.greys(output, outputScale, at.output, shown)
  if (hasDigits)
    for (let place = 0; place < output.width * output.height; place++) {
      const box = cellAt(at.output, cell, place % output.width, Math.floor(place / output.width))
      if (place < shown) {
        const value = output.data[place]!
        if (!isPicture) pen.fill(box, colours['out-t'])
        const colour = isPicture ? inkOn(greyOf(value, outputScale)) : colours.out
        number(pen, value, box, colour, colours.sans)
      }
      pen.frame(box, place < shown ? colours.card : colours.rule, 1)
    }
  pen.frame(at.output, colours.edge, 1)
}

/** The samples in the window over the weights, cell by cell. */
function drawLens(
  pen: Pen,
  model: FigureModel,
  products: readonly Product[],
  at: FigureLayout,
  colours: Colours,
): void {
  const { kernel, inputScale, isPicture } = model
  const { lensCell } = at
  const hasDigits = lensCell >= 20
  const largest = Math.max(...Array.from(kernel.data, Math.abs)) || 1
  const weightScale: Scale = { low: -largest, high: largest, isSigned: true }
  for (const { tap, value, weight, isPadding } of products) {
    const [column, row] = [tap % kernel.width, Math.floor(tap / kernel.width)]
    const sample = cellAt(at.samples, lensCell, column, row)
    const cell = cellAt(at.kernel, lensCell, column, row)
    const isGrey = (isPicture || !hasDigits) && !isPadding
    const grey = greyOf(value, inputScale)
    pen.fill(sample, isGrey ? greyColour(grey) : isPadding ? colours.card : colours['in-t'])
    pen.fill(cell, hasDigits ? colours['ker-t'] : greyColour(greyOf(weight, weightScale)))
    if (!hasDigits) continue
    const ink = isGrey ? inkOn(grey) : isPadding ? colours.ink2 : colours.in
    number(pen, value, sample, ink, colours.sans)
    number(pen, weight, cell, colours.ker, colours.sans)
    pen.frame(sample, colours.card, 1)
    pen.frame(cell, colours.card, 1)
  }
  pen.frame(at.samples, colours.in, 1)
  pen.frame(at.kernel, colours.ker, 1)
}

const greyColour = (grey: number): string => `rgb(${grey}, ${grey}, ${grey})`
