/** What can be saved as a picture now, as SVG and as PNG. */

import { colours } from '../stage/colours.ts'
import { position, stageModel } from '../stage/stage.ts'
import type { StageModel } from '../stage/stage-model.ts'
import { stageModelOf } from '../stage/stage-model.ts'
import { fitsStage } from '../state/fits-stage.ts'
import { type DockName, dockNames, type ViewName } from '../state/state.ts'
import { isOnStage, state } from '../state/store.ts'
import { type SvgFile, svgOfElement, svgText } from './element-svg.ts'
import { drawFigure, type FigureModel, figureLayout } from './figure.ts'
import { figureWords } from './messages/figure-words.ts'
import { svgPen } from './pen.ts'

/** The figure of input, kernel and output, or a view that is drawn on the page. */
export type PictureName = 'figure' | DockName | ViewName

export function pictureNames(): readonly PictureName[] {
  const { dock, views } = state.peek()
  const figure: readonly PictureName[] = fitsStage(state.peek()) ? ['figure'] : []
  if (isOnStage.peek()) return dock === undefined ? figure : ['figure', dock]
  return [...views, ...figure]
}

/** The model of the first screen, also while the workspace is shown. */
function figureModel(): StageModel {
  if (isOnStage.peek()) return stageModel.peek()
  const { problem, input, kernel, divisor, bias } = state.peek()
  return stageModelOf({ problem, input, kernel, divisor, bias })
}

/** As a worker can receive it. */
export function postedModel(): FigureModel {
  const { geometry: _, ...model } = figureModel()
  return model
}

export const figureSize = (): { readonly width: number; readonly height: number } =>
  figureLayout(figureModel())

export async function svgOf(name: PictureName): Promise<SvgFile> {
  if (name === 'figure') return figureSvg()
  const isDock = isOnStage.peek() && dockNames.some((dock) => dock === name)
  const element = document.querySelector(isDock ? `.dock-${name}` : `.view-${name}`)
  if (!element) throw new Error(`The view ${name} is not drawn.`)
  return svgOfElement(element, colours.peek().paper, isControl)
}

const controls = '.dock-buttons, select, dialog, label:has(input), input:is([type="range"])'
const drawings = 'svg:not(button svg), canvas, table, [role="grid"], [role="img"], h2'
/** A drawing that can be pressed is larger than a button with a word. */
const largestButton = 48

const isButton = (part: Element): boolean =>
  part.matches('button') && part.getBoundingClientRect().height < largestButton

/** Controls are not part of a picture, and neither is a row of them with its words. */
function isControl(part: Element): boolean {
  if (part.matches(controls) || isButton(part)) return true
  const inner = [...part.querySelectorAll('button, select, input')]
  const isRow =
    inner.length > 0 && inner.every((each) => each.matches('select, input') || isButton(each))
  return isRow && !part.matches(drawings) && !part.querySelector(drawings)
}

function figureSvg(): SvgFile {
  const model = figureModel()
  const { width, height } = figureLayout(model)
  const pen = svgPen(pngAddress)
  const count = model.output.width * model.output.height
  const at = { position: isOnStage.peek() ? position.peek() : 0, shown: count }
  const look = { colours: colours.peek(), words: figureWords[state.peek().language] }
  drawFigure(pen, model, at, look)
  return { text: svgText(width, height, colours.peek().paper, pen.marks), width, height }
}

function pngAddress(pixels: ImageData): string {
  const canvas = document.createElement('canvas')
  canvas.width = pixels.width
  canvas.height = pixels.height
  canvas.getContext('2d')!.putImageData(pixels, 0, 0)
  return canvas.toDataURL('image/png')
}

/** The browser draws the SVG, larger by `scale`. */
export async function pngOf({ text, width, height }: SvgFile, scale: number): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = address
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = width * scale
    canvas.height = height * scale
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (!blob) throw new Error(`This browser draws no picture of ${canvas.width}×${canvas.height}.`)
    return blob
  } finally {
    URL.revokeObjectURL(address)
  }
}
