/**
 * Draws the input and the output on their canvases: greys as one scaled image, and numbers in
 * cells that are large enough. Padding is hatched.
 */

import type { Colours } from './colours.ts'
import { narrowText, numberText } from './number.ts'
import { digitCell, type PlateGeometry } from './plate-geometry.ts'
import type { Rectangle } from './region.ts'
import { greyOf, inkOn, type Scale } from './scale.ts'
import { isPaddingAt, type Plane, type StageModel } from './stage-model.ts'

/** Sets the size of a canvas in CSS pixels, and clears it. Returns its context. */
export function prepare(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
  }
  const context = canvas.getContext('2d')!
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  return context
}

export function hatch(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Rectangle,
  colours: Colours,
): void {
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.clip()
  context.fillStyle = colours.card
  context.fillRect(x, y, width, height)
  context.strokeStyle = colours.hatch
  context.lineWidth = 1
  context.beginPath()
  const step = width < 16 ? 4 : 6
  for (let line = Math.floor((x + y) / step) * step; line < x + width + y + height; line += step) {
    context.moveTo(line - y, y)
    context.lineTo(line - y - height, y + height)
  }
  context.stroke()
  context.restore()
}

/** One step of grey in the three colour bytes, in either order of bytes. */
const greyPixel = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0x00010101 : 0x01010100

/** The image of a plane, one pixel for each number. */
export class PlaneImage {
  readonly #canvas = document.createElement('canvas')
  readonly #pixels: ImageData
  readonly #context: CanvasRenderingContext2D

  constructor(plane: Plane, scale: Scale) {
    const { width, height, data } = plane
    this.#canvas.width = width
    this.#canvas.height = height
    this.#context = this.#canvas.getContext('2d')!
    this.#pixels = this.#context.createImageData(width, height)
    // A pixel is four bytes: red, green, blue, and the opacity, which `show` sets.
    const pixels = new Uint32Array(this.#pixels.data.buffer)
    for (let place = 0; place < data.length; place++)
      pixels[place] = greyOf(data[place]!, scale) * greyPixel
    this.show(() => true)
  }

  /** Shows exactly these numbers. Only the rows that change are drawn. */
  show(isShown: (place: number) => boolean): void {
    const { data, width, height } = this.#pixels
    let [first, last] = [height, -1]
    for (let place = 0; place < width * height; place++) {
      const alpha = isShown(place) ? 255 : 0
      if (data[place * 4 + 3] === alpha) continue
      data[place * 4 + 3] = alpha
      const row = Math.floor(place / width)
      first = Math.min(first, row)
      last = row
    }
    if (last >= 0) this.#context.putImageData(this.#pixels, 0, 0, 0, first, width, last - first + 1)
  }

  draw(
    context: CanvasRenderingContext2D,
    { x, y, width, height }: Rectangle,
    left: number,
    top: number,
    cell: number,
  ): void {
    context.imageSmoothingEnabled = cell < 1
    context.drawImage(this.#canvas, x, y, width, height, left, top, width * cell, height * cell)
  }
}

export interface Drawing {
  readonly context: CanvasRenderingContext2D
  readonly model: StageModel
  readonly geometry: PlateGeometry
  readonly colours: Colours
  /** The largest digits. */
  readonly digits: number
}

/** Calls a function for every cell of a rectangle that is inside the plane. */
function eachCell(
  { x, y, width, height }: Rectangle,
  plane: Plane,
  visit: (x: number, y: number) => void,
): void {
  for (let row = Math.floor(y); row < Math.min(plane.height, Math.ceil(y + height)); row++)
    for (let column = Math.floor(x); column < Math.min(plane.width, Math.ceil(x + width)); column++)
      visit(column, row)
}

export function drawInput(
  { context, model, geometry, colours, digits }: Drawing,
  image: PlaneImage,
): void {
  const { inputCell: cell, inputLeft: left, view } = geometry
  const part = view.input
  context.save()
  context.beginPath()
  context.rect(left, 0, part.width * cell, part.height * cell)
  context.clip()
  const at = (x: number, y: number): Rectangle => ({
    x: left + (x - part.x) * cell,
    y: (y - part.y) * cell,
    width: cell,
    height: cell,
  })
  hatch(context, { x: left, y: 0, width: part.width * cell, height: part.height * cell }, colours)
  const { before, input } = model
  const first = at(before.x, before.y)
  if (model.isSmall) {
    context.fillStyle = colours['in-t']
    context.fillRect(first.x, first.y, input.width * cell, input.height * cell)
  } else {
    image.draw(
      context,
      { x: 0, y: 0, width: input.width, height: input.height },
      first.x,
      first.y,
      cell,
    )
  }
  if (cell >= digitCell)
    eachCell(part, model.padded, (x, y) => {
      const value = model.padded.data[y * model.padded.width + x]!
      const isPadding = isPaddingAt(model, x, y)
      const box = at(x, y)
      if (model.isSmall) outline(context, box, colours.card, 2)
      const text = numberText(value)
      const size = digitSize(text, cell, digits)
      if (isPadding) {
        context.fillStyle = colours.card
        const width = text.length * size * 0.6 + 6
        context.fillRect(
          box.x + (cell - width) / 2,
          box.y + cell / 2 - size * 0.6,
          width,
          size * 1.2,
        )
      }
      context.fillStyle = isPadding
        ? colours.ink
        : model.isSmall
          ? colours.in
          : inkOn(greyOf(value, model.inputScale))
      write(context, text, box, size, colours)
    })
  context.restore()
}

export function drawOutput(
  { context, model, geometry, colours, digits }: Drawing,
  image: PlaneImage,
  isPassed: (place: number) => boolean,
): void {
  const { outputCell: cell, outputLeft, outputTop, view } = geometry
  const part = view.output
  if (outputLeft > 0 || outputTop > 0)
    outline(
      context,
      { x: 0, y: 0, width: view.input.width * cell, height: view.input.height * cell },
      colours.rule,
      1,
    )
  context.save()
  context.translate(outputLeft, outputTop)
  context.fillStyle = colours.sink
  context.fillRect(0, 0, part.width * cell, part.height * cell)
  context.save()
  context.beginPath()
  context.rect(0, 0, part.width * cell, part.height * cell)
  context.clip()
  const left = -part.x * cell
  const top = -part.y * cell
  if (!model.isSmall) {
    image.show(isPassed)
    const { width, height } = model.output
    image.draw(context, { x: 0, y: 0, width, height }, left, top, cell)
  }
  if (cell >= digitCell || model.isSmall)
    eachCell(part, model.output, (x, y) => {
      const number = y * model.output.width + x
      const box = { x: left + x * cell, y: top + y * cell, width: cell, height: cell }
      if (!isPassed(number)) {
        outline(context, box, colours.rule, 1)
        return
      }
      const value = model.output.data[number]!
      if (model.isSmall) {
        context.fillStyle = colours['out-t']
        context.fillRect(box.x, box.y, cell, cell)
        outline(context, box, colours.card, 2)
      }
      if (cell < digitCell) return
      const text = narrowText(value, Math.max(5, Math.floor((cell - 8) / narrowDigit)))
      context.fillStyle = model.isSmall ? colours.out : inkOn(greyOf(value, model.outputScale))
      write(context, text, box, digitSize(text, cell, digits), colours)
    })
  context.restore()
  outline(
    context,
    { x: 0, y: 0, width: part.width * cell, height: part.height * cell },
    colours.edge,
    1,
  )
  context.restore()
}

/** The least width of a digit in a cell. */
const narrowDigit = 6.2

const digitSize = (text: string, cell: number, largest: number): number =>
  Math.min(largest, cell * 0.36, (cell - 8) / (text.length * 0.56))

function write(
  context: CanvasRenderingContext2D,
  text: string,
  { x, y, width, height }: Rectangle,
  size: number,
  { sans }: Colours,
): void {
  context.font = `${size}px ${sans}`
  context.fillText(text, x + width / 2, y + height / 2 + 1)
}

function outline(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Rectangle,
  colour: string,
  line: number,
): void {
  context.strokeStyle = colour
  context.lineWidth = line
  const inset = line === 1 ? 0.5 : 0
  context.strokeRect(x + inset, y + inset, width - 2 * inset, height - 2 * inset)
}
