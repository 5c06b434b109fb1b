/**
 * The lines between the planes: the edges of the window from channel to channel, from the window to
 * the filter, and from the filter to its output.
 */

import type { SceneLayout } from './layout.ts'
import { type Point, pointAt } from './projection.ts'

export interface WiresNow {
  /** The channels that are read. */
  readonly channels: readonly number[]
  readonly filter: number
  /** The window in the input. */
  readonly frame: readonly [top: number, left: number, rows: number, columns: number]
  readonly place: readonly [row: number, column: number]
}

export interface Wires {
  readonly edges: string
  readonly toFilter: string
  readonly toOutput: string
  /** Where the sum sign stands. */
  readonly sum: Point
}

export function wiresOf(layout: SceneLayout, now: WiresNow): Wires {
  const { directions, input, output, kinds, rows } = layout
  const { width, height } = kinds.input.cell
  const [top, left, high, wide] = now.frame
  const corner = (channel: number, x: number, y: number): Point =>
    pointAt(directions, input[channel]!, { x: x * width, y: y * height })
  const edges = now.channels
    .slice(1)
    .flatMap((channel, i) => {
      const before = now.channels[i]!
      return [top, top + high].map((y) =>
        line(corner(before, left + wide, y), corner(channel, left, y)),
      )
    })
    .join('')
  const last = corner(now.channels.at(-1)!, left + wide, top + high / 2)
  const row = rows[now.filter]!
  const cell = kinds.output.cell
  const to = pointAt(directions, output[now.filter]!, {
    x: (now.place[1] + 0.15) * cell.width,
    y: (now.place[0] + 0.5) * cell.height,
  })
  const from = { x: row.right + 4, y: row.middle }
  const sum = { x: (row.right + row.outputLeft) / 2 - 2, y: row.middle }
  return {
    edges,
    toFilter: curve(last, { x: row.left - 6, y: row.middle }),
    toOutput: `${line(from, { x: sum.x - 11, y: sum.y })}${curve({ x: sum.x + 11, y: sum.y }, to)}`,
    sum,
  }
}

const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`
const line = (a: Point, b: Point): string => `M${at(a)}L${at(b)}`

function curve(a: Point, b: Point): string {
  // A way down, from the input above the filters, or a way to the right.
  const isDown = b.x < a.x + 20
  const [c, d] = isDown
    ? [
        { x: a.x + 14, y: (a.y + b.y) / 2 },
        { x: b.x - 30, y: (a.y + b.y) / 2 },
      ]
    : [
        { x: (a.x + b.x) / 2, y: a.y },
        { x: (a.x + b.x) / 2, y: b.y },
      ]
  return `M${at(a)}C${at(c)} ${at(d)} ${at(b)}`
}
