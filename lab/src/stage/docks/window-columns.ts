/**
 * The windows of a region as a matrix (im2col): one row for each weight, one column for each output
 * place, row by row. Columns hold the same samples again, because windows overlap.
 */

import type { Rectangle, Region } from '../region.ts'
import { type Place, type StageModel, sampleOf } from '../stage-model.ts'

/** The output place whose window is a column. */
export const placeOfColumn = (
  { output: { x, y, width } }: Pick<Region, 'output'>,
  column: number,
): Place => ({ x: x + (column % width), y: y + Math.floor(column / width) })

/** The column of an output place; undefined outside the region. */
export function columnOf({ output }: Pick<Region, 'output'>, place: Place): number | undefined {
  return contains(output, place)
    ? (place.y - output.y) * output.width + place.x - output.x
    : undefined
}

const contains = ({ x, y, width, height }: Rectangle, place: Place): boolean =>
  place.x >= x && place.y >= y && place.x < x + width && place.y < y + height

export const isSamePlace = (a: Place | undefined, b: Place | undefined): boolean =>
  a?.x === b?.x && a?.y === b?.y

/** The tap that reads a sample in the window of an output place; undefined: none reads it. */
export function tapOf(
  { kernel, stride, dilation }: Pick<StageModel, 'kernel' | 'stride' | 'dilation'>,
  sample: Place,
  place: Place,
): number | undefined {
  const [x, y] = [
    (sample.x - place.x * stride.x) / dilation.x,
    (sample.y - place.y * stride.y) / dilation.y,
  ]
  const isInside =
    Number.isInteger(x) &&
    Number.isInteger(y) &&
    contains({ x: 0, y: 0, width: kernel.width, height: kernel.height }, { x, y })
  return isInside ? y * kernel.width + x : undefined
}

/** How many columns of the region hold a sample. A window reads a sample once at most. */
export function copiesOf(model: StageModel, region: Region, sample: Place): number {
  const columns = region.output.width * region.output.height
  let copies = 0
  for (let column = 0; column < columns; column++)
    if (tapOf(model, sample, placeOfColumn(region, column)) !== undefined) copies++
  return copies
}

/** How many different samples the windows of the region read, border included. */
export function samplesIn(model: StageModel, region: Region): number {
  const read = new Set<number>()
  const columns = region.output.width * region.output.height
  for (let column = 0; column < columns; column++)
    for (let tap = 0; tap < model.taps; tap++) {
      const { x, y } = sampleOf(model, tap, placeOfColumn(region, column))
      read.add(y * model.padded.width + x)
    }
  return read.size
}
