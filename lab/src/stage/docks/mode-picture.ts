/**
 * One padding mode as a small picture. Small planes stand side by side: the input with its hatched
 * padding and the window, then the output with its place. Large planes lie over each other: every
 * result stands over the middle of its window.
 */

import type { Colours } from '../colours.ts'
import { greyOf, type Scale } from '../scale.ts'
import type { Place, Plane, StageModel } from '../stage-model.ts'

type Extents = Omit<Plane, 'data'>

/** What is drawn of a mode. Of a large problem, the output has no numbers. */
export interface ModePlanes extends Pick<StageModel, 'geometry' | 'before' | 'stride' | 'window'> {
  readonly input: Extents
  readonly padded: Extents
  readonly output: Extents & Partial<Plane>
}

/** The size of a sample in CSS pixels, and the place of the first sample. */
export interface PictureFrame {
  readonly cell: { readonly width: number; readonly height: number }
  readonly left: number
  readonly top: number
  /** Where the output starts, beside the input; undefined: it lies over the input. */
  readonly outputLeft: number | undefined
}

const largestCell = 16
/** Room for the line of the window at the edge. */
const edge = 3
const smallestGrid = 3
const arrow = 26
const signalHeight = 16

/** A frame in which the input stands at the same place for all modes. */
export function pictureFrame(
  models: readonly ModePlanes[],
  width: number,
  height: number,
): PictureFrame {
  const most = (of: (model: ModePlanes) => number): number => Math.max(...models.map(of))
  const before = { x: most(({ before }) => before.x), y: most(({ before }) => before.y) }
  const columns = before.x + most(({ padded, before }) => padded.width - before.x)
  const rows = before.y + most(({ padded, before }) => padded.height - before.y)
  const outputs = most(({ output }) => output.width)
  const [roomX, roomY] = [width - 2 * edge, height - 2 * edge]
  const beside = Math.floor(
    Math.min(largestCell, (roomX - arrow) / (columns + outputs), roomY / rows),
  )
  const isBeside = beside >= smallestGrid
  const size = isBeside ? beside : Math.min(roomX / columns, roomY / rows)
  // A signal has one row. It is drawn as high as it can be read.
  const cellHeight = rows === 1 ? Math.min(roomY, signalHeight) : size
  const whole = columns * size + (isBeside ? arrow + outputs * size : 0)
  const left = (width - whole) / 2
  return {
    cell: { width: size, height: cellHeight },
    left: left + before.x * size,
    top: (height - rows * cellHeight) / 2 + before.y * cellHeight,
    outputLeft: isBeside ? left + columns * size + arrow : undefined,
  }
}

/** The greys of a plane, one pixel for each number. */
function greysOf(plane: Plane, scale: Scale): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = plane.width
  canvas.height = plane.height
  const context = canvas.getContext('2d')!
  const image = context.createImageData(plane.width, plane.height)
  for (let i = 0; i < plane.width * plane.height; i++) {
    image.data.fill(greyOf(plane.data[i]!, scale), 4 * i, 4 * i + 3)
    image.data[4 * i + 3] = 255
  }
  context.putImageData(image, 0, 0)
  return canvas
}

export interface ModePicture {
  readonly context: CanvasRenderingContext2D
  readonly frame: PictureFrame
  readonly model: ModePlanes
  readonly colours: Colours
}

const onInput =
  ({ cell, left, top }: PictureFrame) =>
  (x: number, y: number, columns: number, rows: number): Box => [
    left + x * cell.width,
    top + y * cell.height,
    columns * cell.width,
    rows * cell.height,
  ]

/** The box of the output beside the input, level with its middle. */
function besideBox({ cell, top }: PictureFrame, { input, output }: ModePlanes, left: number): Box {
  const height = output.height * cell.height
  return [left, top + (input.height * cell.height - height) / 2, output.width * cell.width, height]
}

/** Everything but the window. `scale` is that of the greys. */
export function drawModePlanes(
  { context, frame, model, colours }: ModePicture,
  scale: Scale,
): void {
  const { before, padded, input, output, stride, window } = model
  const box = onInput(frame)
  const whole = box(0, 0, input.width, input.height)
  hatchBox(context, box(-before.x, -before.y, padded.width, padded.height), colours)
  context.fillStyle = colours['in-t']
  context.fillRect(...whole)
  if (frame.outputLeft === undefined) {
    const result = box(
      (window.x - stride.x) / 2 - before.x,
      (window.y - stride.y) / 2 - before.y,
      output.width * stride.x,
      output.height * stride.y,
    )
    context.imageSmoothingEnabled = frame.cell.width < 2
    context.fillStyle = colours['out-t']
    if (output.data) context.drawImage(greysOf({ ...output, data: output.data }, scale), ...result)
    else context.fillRect(...result)
    lineBox(context, result, colours.out)
  } else {
    grid(context, whole, input, colours.card)
    const result = besideBox(frame, model, frame.outputLeft)
    context.fillStyle = colours['out-t']
    context.fillRect(...result)
    grid(context, result, output, colours.card)
    lineBox(context, result, colours.out)
    drawArrow(context, frame.outputLeft, whole[1] + whole[3] / 2, colours.ink2)
  }
  lineBox(context, whole, colours.in)
}

/** The window, and the place of its output if the output stands beside the input. */
export function drawModeWindow(
  { context, frame, model, colours }: ModePicture,
  place: Place,
): void {
  const { before, stride, window } = model
  if (frame.outputLeft !== undefined) {
    const [left, top] = besideBox(frame, model, frame.outputLeft)
    const { width, height } = frame.cell
    context.fillStyle = colours.out
    context.fillRect(left + place.x * width, top + place.y * height, width, height)
  }
  const first = { x: place.x * stride.x - before.x, y: place.y * stride.y - before.y }
  const box = onInput(frame)(first.x, first.y, window.x, window.y)
  frameBox(context, box, colours.in, colours.halo)
}

function drawArrow(
  context: CanvasRenderingContext2D,
  left: number,
  middle: number,
  colour: string,
): void {
  const [from, to] = [left - arrow + 6, left - 6]
  context.strokeStyle = colour
  context.lineWidth = 1.25
  context.beginPath()
  context.moveTo(from, middle)
  context.lineTo(to, middle)
  context.moveTo(to - 4, middle - 3.5)
  context.lineTo(to, middle)
  context.lineTo(to - 4, middle + 3.5)
  context.stroke()
}

type Box = [x: number, y: number, width: number, height: number]

function grid(
  context: CanvasRenderingContext2D,
  [x, y, width, height]: Box,
  plane: Extents,
  colour: string,
): void {
  context.fillStyle = colour
  for (let i = 1; i < plane.width; i++)
    context.fillRect(Math.round(x + (i * width) / plane.width) - 0.5, y, 1, height)
  for (let i = 1; i < plane.height; i++)
    context.fillRect(x, Math.round(y + (i * height) / plane.height) - 0.5, width, 1)
}

const hatchStep = 4

function hatchBox(context: CanvasRenderingContext2D, box: Box, colours: Colours): void {
  const [x, y, width, height] = box
  context.save()
  context.beginPath()
  context.rect(...box)
  context.clip()
  context.fillStyle = colours.card
  context.fillRect(...box)
  context.strokeStyle = colours.hatch
  context.lineWidth = 1
  context.beginPath()
  for (let i = -height; i < width; i += hatchStep) {
    context.moveTo(x + i, y + height)
    context.lineTo(x + i + height, y)
  }
  context.stroke()
  context.restore()
  lineBox(context, box, colours.hatch)
}

/** A line of one pixel inside the edge of a box. */
function lineBox(
  context: CanvasRenderingContext2D,
  [x, y, width, height]: Box,
  colour: string,
): void {
  context.strokeStyle = colour
  context.lineWidth = 1
  context.strokeRect(
    Math.round(x) + 0.5,
    Math.round(y) + 0.5,
    Math.max(1, Math.round(width) - 1),
    Math.max(1, Math.round(height) - 1),
  )
}

const smallest = 6

/** A box that is visible on any grey and at any size. */
function frameBox(
  context: CanvasRenderingContext2D,
  [x, y, width, height]: Box,
  colour: string,
  halo: string,
): void {
  const [w, h] = [Math.max(smallest, width), Math.max(smallest, height)]
  const at: Box = [x + (width - w) / 2, y + (height - h) / 2, w, h]
  for (const [stroke, line] of [
    [halo, 4],
    [colour, 2],
  ] as const) {
    context.strokeStyle = stroke
    context.lineWidth = line
    context.strokeRect(...at)
  }
}
