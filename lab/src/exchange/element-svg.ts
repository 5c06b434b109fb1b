/**
 * A part of the page as an SVG file: what the browser has laid out, as rectangles, texts and
 * pictures at the same places, with the styles as attributes. So the file needs no style sheet, and
 * its text stays text, for a slide or a book.
 *
 * Only what the lab draws is read: backgrounds, borders, outlines, text, SVG, canvases.
 */

import { attributes, type Box, escapeXml } from './pen.ts'

export interface SvgFile {
  readonly text: string
  readonly width: number
  readonly height: number
}

const margin = 16
const sliceMs = 12

/**
 * `paper`: the colour below. `isLeftOut`: elements that are not part of the picture, such as
 * buttons below it.
 */
export async function svgOfElement(
  root: Element,
  paper: string,
  isLeftOut: (element: Element) => boolean,
): Promise<SvgFile> {
  const box = root.getBoundingClientRect()
  const [width, height] = [Math.ceil(box.width) + 2 * margin, Math.ceil(box.height) + 2 * margin]
  const writer = new Writer(margin - box.left, margin - box.top, isLeftOut)
  // Many cells take long, so other tasks of the page come in between.
  let start = performance.now()
  for (const _ of writer.element(root)) {
    if (performance.now() - start < sliceMs) continue
    await new Promise((resolve) => setTimeout(resolve))
    start = performance.now()
  }
  return { text: svgText(width, height, paper, writer.marks), width, height }
}

export const svgText = (
  width: number,
  height: number,
  paper: string,
  marks: readonly string[],
): string =>
  `<svg xmlns="http://www.w3.org/2000/svg"${attributes({ width, height })} ` +
  `viewBox="0 0 ${width} ${height}">\n` +
  `<rect width="100%" height="100%"${attributes({ fill: paper })}/>\n${marks.join('\n')}\n</svg>\n`

const isTransparent = (colour: string): boolean =>
  colour === 'transparent' || /,\s*0\)$|\/\s*0\)$/.test(colour)

/** Presentation attributes that drawings of the lab use. */
const drawn = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'font-family',
  'font-size',
  'font-style',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
] as const

class Writer {
  readonly marks: string[] = []
  readonly #dx: number
  readonly #dy: number
  readonly #isLeftOut: (element: Element) => boolean

  constructor(dx: number, dy: number, isLeftOut: (element: Element) => boolean) {
    this.#dx = dx
    this.#dy = dy
    this.#isLeftOut = isLeftOut
  }

  *element(element: Element): Generator<undefined> {
    yield
    const style = getComputedStyle(element)
    const isHidden =
      style.display === 'none' || style.visibility === 'hidden' || style.clipPath !== 'none'
    if (isHidden || style.opacity === '0' || this.#isLeftOut(element)) return
    if (element instanceof SVGSVGElement) {
      this.#svg(element)
      return
    }
    const isClipped = style.overflow !== 'visible' && hasOverflow(element)
    if (isClipped) this.#clip(element)
    if (style.opacity !== '1') this.marks.push(`<g${attributes({ opacity: style.opacity })}>`)
    this.#box(element, style)
    if (element instanceof HTMLCanvasElement) this.#canvas(element)
    else if (element instanceof HTMLInputElement) this.#field(element, style)
    else
      for (const child of element.childNodes)
        if (child instanceof Element) yield* this.element(child)
        else if (child instanceof Text) this.#text(child, style)
    if (style.opacity !== '1') this.marks.push('</g>')
    if (isClipped) this.marks.push('</svg>')
  }

  #at({ left, top, width, height }: DOMRect): Box {
    return { x: left + this.#dx, y: top + this.#dy, width, height }
  }

  /** A nested drawing clips what lies outside of it. */
  #clip(element: Element): void {
    const at = this.#at(element.getBoundingClientRect())
    const viewBox = `${at.x} ${at.y} ${at.width} ${at.height}`
    this.marks.push(`<svg${attributes({ ...at, viewBox })}>`)
  }

  #box(element: Element, style: CSSStyleDeclaration): void {
    const at = this.#at(element.getBoundingClientRect())
    if (at.width === 0 || at.height === 0) return
    const rx = Number.parseFloat(style.borderTopLeftRadius) || undefined
    if (!isTransparent(style.backgroundColor))
      this.#rect({ ...at, rx, fill: style.backgroundColor })
    const hatchColour = /repeating-linear-gradient/.test(style.backgroundImage)
      ? /rgba?\([^)]*\)(?!.*rgba?\()/.exec(style.backgroundImage)?.[0]
      : undefined
    if (hatchColour) this.#hatch(at, hatchColour)
    this.#borders(at, style, rx)
    const outline = Number.parseFloat(style.outlineWidth)
    if (style.outlineStyle !== 'none' && outline > 0 && !isTransparent(style.outlineColor)) {
      const by = Number.parseFloat(style.outlineOffset) + outline / 2
      this.#rect({
        ...{ x: at.x - by, y: at.y - by, width: at.width + 2 * by, height: at.height + 2 * by },
        ...{ fill: 'none', stroke: style.outlineColor, 'stroke-width': outline },
      })
    }
  }

  #rect(of: Parameters<typeof attributes>[0]): void {
    this.marks.push(`<rect${attributes(of)}/>`)
  }

  /** One frame if all sides are alike, else a line for each. */
  #borders({ x, y, width, height }: Box, style: CSSStyleDeclaration, rx: number | undefined): void {
    const sides = (['Top', 'Right', 'Bottom', 'Left'] as const).map((side) => ({
      line:
        style[`border${side}Style`] === 'none' ? 0 : Number.parseFloat(style[`border${side}Width`]),
      colour: style[`border${side}Color`],
      style: style[`border${side}Style`],
    }))
    const [first] = sides
    const dashes = (kind: string): string | undefined => (kind === 'dashed' ? '4 3' : undefined)
    if (sides.every(({ line, colour }) => line === first!.line && colour === first!.colour)) {
      const { line, colour, style: kind } = first!
      if (line === 0 || isTransparent(colour)) return
      this.#rect({
        ...{ x: x + line / 2, y: y + line / 2, width: width - line, height: height - line, rx },
        ...{ fill: 'none', stroke: colour, 'stroke-width': line, 'stroke-dasharray': dashes(kind) },
      })
      return
    }
    for (const [i, { line, colour, style: kind }] of sides.entries()) {
      if (line === 0 || isTransparent(colour)) continue
      const half = line / 2
      const ends = [
        { x1: x, y1: y + half, x2: x + width, y2: y + half },
        { x1: x + width - half, y1: y, x2: x + width - half, y2: y + height },
        { x1: x, y1: y + height - half, x2: x + width, y2: y + height - half },
        { x1: x + half, y1: y, x2: x + half, y2: y + height },
      ][i]!
      this.marks.push(
        `<line${attributes({ ...ends, stroke: colour, 'stroke-width': line, 'stroke-dasharray': dashes(kind) })}/>`,
      )
    }
  }

  #hatch({ x, y, width, height }: Box, stroke: string): void {
    const [right, bottom] = [x + width, y + height]
    for (let c = Math.ceil((x + y) / 6) * 6; c <= right + bottom; c += 6) {
      const [x1, y1] = [Math.min(right, c - y), Math.max(y, c - right)]
      const [x2, y2] = [Math.max(x, c - bottom), Math.min(bottom, c - x)]
      if (x1 > x2) this.marks.push(`<line${attributes({ x1, y1, x2, y2, stroke })}/>`)
    }
  }

  /** One text for each line of a paragraph, at the place where the browser broke it. */
  #text(node: Text, style: CSSStyleDeclaration): void {
    if (node.data.trim() === '' || Number.parseFloat(style.fontSize) === 0) return
    const range = document.createRange()
    let line = ''
    let box: DOMRect | undefined
    const flush = (): void => {
      if (box && line.trim() !== '') this.#line(line, box, style)
      line = ''
      box = undefined
    }
    // Whole words are the smallest parts that a line is broken into; Chinese breaks anywhere.
    for (const { 0: word, index } of node.data.matchAll(
      /[\u3000-\u9fff]|[^\s\u3000-\u9fff]+|\s+/g,
    )) {
      if (word.trim() === '') {
        if (box) line += ' '
        continue
      }
      range.setStart(node, index)
      range.setEnd(node, index + word.length)
      const at = range.getBoundingClientRect()
      if (at.width === 0) continue
      if (box && at.top > box.top + box.height / 2) flush()
      box = box ? new DOMRect(box.left, box.top, at.right - box.left, box.height) : at
      line += word
    }
    flush()
  }

  #line(text: string, box: DOMRect, style: CSSStyleDeclaration): void {
    const { x, y, width, height } = this.#at(box)
    const size = Number.parseFloat(style.fontSize)
    // The box of a line of text is about 1.15 times as high as its letters; the baseline lies here.
    this.marks.push(
      `<text${attributes({
        ...{ x, y: y + height / 2 + size * 0.35, textLength: width },
        ...{ fill: style.color, 'font-size': size, 'font-family': style.fontFamily },
        'font-style': style.fontStyle === 'normal' ? undefined : style.fontStyle,
        'font-weight': style.fontWeight === '400' ? undefined : style.fontWeight,
      })} lengthAdjust="spacingAndGlyphs">${escapeXml(text.trimEnd())}</text>`,
    )
  }

  #field(field: HTMLInputElement, style: CSSStyleDeclaration): void {
    if (field.type !== 'text' && field.type !== 'number') return
    const { x, y, width, height } = this.#at(field.getBoundingClientRect())
    const size = Number.parseFloat(style.fontSize)
    this.marks.push(
      `<text${attributes({
        ...{ x: x + width / 2, y: y + height / 2 + size * 0.35, 'text-anchor': 'middle' },
        ...{ fill: style.color, 'font-size': size, 'font-family': style.fontFamily },
      })}>${escapeXml(field.value)}</text>`,
    )
  }

  #canvas(canvas: HTMLCanvasElement): void {
    if (canvas.width === 0 || canvas.height === 0) return
    const at = this.#at(canvas.getBoundingClientRect())
    this.marks.push(`<image${attributes({ ...at, href: canvas.toDataURL('image/png') })}/>`)
  }

  /** A drawing of the page: a copy, with its styles as attributes. */
  #svg(svg: SVGSVGElement): void {
    const copy = svg.cloneNode(true) as SVGSVGElement
    const at = this.#at(svg.getBoundingClientRect())
    const copies = [copy, ...copy.querySelectorAll('*')]
    for (const [i, original] of [svg, ...svg.querySelectorAll('*')].entries()) {
      const style = getComputedStyle(original)
      const to = copies[i]!
      if (style.display === 'none' || style.visibility === 'hidden') {
        to.setAttribute('display', 'none')
        continue
      }
      for (const name of drawn) to.setAttribute(name, style.getPropertyValue(name))
      for (const name of ['class', 'style', 'tabindex', 'role']) to.removeAttribute(name)
    }
    for (const [name, value] of Object.entries(at)) copy.setAttribute(name, String(value))
    if (!svg.hasAttribute('viewBox')) copy.setAttribute('viewBox', `0 0 ${at.width} ${at.height}`)
    if (getComputedStyle(svg).overflow === 'visible') copy.setAttribute('overflow', 'visible')
    this.marks.push(new XMLSerializer().serializeToString(copy))
  }
}

const hasOverflow = (element: Element): boolean =>
  element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1
