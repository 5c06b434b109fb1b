/**
 * What a figure is drawn with: five marks. One pen writes SVG, the other draws on a canvas, also in
 * a worker. So a figure looks the same in every kind of file.
 */

import { greyOf, type Scale } from '../stage/scale.ts'
import type { Plane } from '../stage/stage-model.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface TextLook {
  readonly size: number
  readonly colour: string
  readonly font: string
  readonly isItalic?: boolean
  readonly isBold?: boolean
  readonly anchor?: 'start' | 'middle'
}

export interface Pen {
  fill(box: Box, colour: string): void
  /** A frame whose line lies inside the box. */
  frame(box: Box, colour: string, width: number): void
  line(from: readonly [number, number], to: readonly [number, number], colour: string): void
  /** `y` is the middle of the digits. */
  text(text: string, x: number, y: number, look: TextLook): void
  /** A plane as greys in a box. Only the first `shown` numbers. */
  greys(plane: Plane, scale: Scale, box: Box, shown: number): void
}

/** From the middle of digits down to their baseline, as a share of their size. */
const baseline = 0.36

/** The pixels of a plane: grey, and opaque up to `shown`. */
export function pixelsOf({ width, height, data }: Plane, scale: Scale, shown: number): ImageData {
  const pixels = new ImageData(width, height)
  for (let at = 0; at < shown; at++) {
    pixels.data.fill(greyOf(data[at]!, scale), at * 4, at * 4 + 3)
    pixels.data[at * 4 + 3] = 255
  }
  return pixels
}

const fontOf = ({ size, font, isItalic, isBold }: TextLook): string =>
  `${isItalic ? 'italic ' : ''}${isBold ? '600 ' : ''}${size}px ${font}`

export function canvasPen(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
): Pen {
  const images = new Map<Plane, OffscreenCanvas>()
  return {
    fill({ x, y, width, height }, colour) {
      context.fillStyle = colour
      context.fillRect(x, y, width, height)
    },
    frame({ x, y, width, height }, colour, line) {
      context.strokeStyle = colour
      context.lineWidth = line
      context.strokeRect(x + line / 2, y + line / 2, width - line, height - line)
    },
    line(from, to, colour) {
      context.strokeStyle = colour
      context.lineWidth = 1
      context.beginPath()
      context.moveTo(...from)
      context.lineTo(...to)
      context.stroke()
    },
    text(text, x, y, look) {
      context.font = fontOf(look)
      context.fillStyle = look.colour
      context.textAlign = look.anchor === 'start' ? 'left' : 'center'
      context.fillText(text, x, y + look.size * baseline)
    },
    greys(plane, scale, box, shown) {
      const image = images.get(plane) ?? new OffscreenCanvas(plane.width, plane.height)
      images.set(plane, image)
      image.getContext('2d')!.putImageData(pixelsOf(plane, scale, shown), 0, 0)
      context.imageSmoothingEnabled = box.width < plane.width
      context.drawImage(image, box.x, box.y, box.width, box.height)
    },
  }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}
export const escapeXml = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (sign) => escapes[sign]!)

/** Coordinates in files have at most two decimals. */
const short = (value: number): string => String(Math.round(value * 100) / 100)

export const attributes = (of: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(of)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        ` ${name}="${typeof value === 'number' ? short(value) : escapeXml(value!)}"`,
    )
    .join('')

export interface SvgPen extends Pen {
  /** The marks so far. */
  readonly marks: string[]
}

/** Text stays text, and pictures are in the file, so it needs nothing else. */
export function svgPen(imageAddress: (pixels: ImageData) => string): SvgPen {
  const marks: string[] = []
  const add = (name: string, of: Parameters<typeof attributes>[0]): void =>
    void marks.push(`<${name}${attributes(of)}/>`)
  return {
    marks,
    fill: (box, fill) => add('rect', { ...box, fill }),
    frame: ({ x, y, width, height }, stroke, line) =>
      add('rect', {
        ...{ x: x + line / 2, y: y + line / 2, width: width - line, height: height - line },
        ...{ fill: 'none', stroke, 'stroke-width': line },
      }),
    line: ([x1, y1], [x2, y2], stroke) => add('line', { x1, y1, x2, y2, stroke }),
    text: (text, x, y, { size, colour, font, isItalic, isBold, anchor }) =>
      void marks.push(
        `<text${attributes({
          ...{ x, y: y + size * baseline, fill: colour, 'font-size': size, 'font-family': font },
          'font-style': isItalic ? 'italic' : undefined,
          'font-weight': isBold ? 600 : undefined,
          'text-anchor': anchor === 'start' ? undefined : 'middle',
        })}>${escapeXml(text)}</text>`,
      ),
    greys: (plane, scale, box, shown) =>
      add('image', {
        ...box,
        'image-rendering': 'pixelated',
        preserveAspectRatio: 'none',
        href: imageAddress(pixelsOf(plane, scale, shown)),
      }),
  }
}
