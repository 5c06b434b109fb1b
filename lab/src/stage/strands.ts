/**
 * The lines of a docked view: a strand of its colour from every sample of the lens to its place in
 * the view, and the line from the result in the view to the output.
 */

import { tapColour } from '../model/colours.ts'
import { colours } from './colours.ts'
import { activeTap, stageModel } from './stage.ts'
import { type Box, type Ends, middleX, middleY, type Wire } from './wire-paths.ts'

/** The strands from the lens to the docked view, and the line from its result to the output. */
export function tapWires(find: (selector: string) => Box | undefined, ends: Ends): Wire[] {
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
