/**
 * Where the cells of the sparse matrix are, in CSS pixels. Blocks are set apart: one block for each
 * row of outputs and each row of samples.
 *
 *            samples    ▯▯▯▯▯▯▯ ▯▯▯▯▯▯▯ ▯▯▯▯▯▯▯
 *   outputs  ▭          ▪▪▪     ▪▪▪     ▪▪▪
 *            ▭           ▪▪▪     ▪▪▪     ▪▪▪
 */

import type { Place } from '../stage-model.ts'
import type { SparseMatrix } from './sparse-matrix.ts'

export interface SparseLayout {
  /** The width of a column, and the height of a row. */
  readonly pitch: Place
  /** The left edge of each column, from the edge of the matrix. */
  readonly columns: readonly number[]
  /** The top edge of each row. */
  readonly rows: readonly number[]
  readonly width: number
  readonly height: number
  /** The width of the outputs' cells, left of the matrix. */
  readonly outputWidth: number
  /** The height of the samples' cells, above the matrix. */
  readonly sampleHeight: number
  /** The visible height of the rows. Other rows are scrolled to. */
  readonly shownHeight: number
  /** Whether the digits of weights, of samples and of outputs fit their cells. */
  readonly hasWeights: boolean
  readonly hasSamples: boolean
  readonly hasOutputs: boolean
  /** The heights of the digits of weights and samples, and of outputs. */
  readonly type: number
  readonly outputType: number
}

/** Digits are at least 12 px high, and need this much of a cell. */
const digitHeight = 12
const digitWidth = 6.9
const largestPitch: Place = { x: 52, y: 34 }
/** A row is at least this high. If not all rows fit, they have digits and scroll. */
const lowestRow = 6
const gap = 8
const widestOutput = 76
const blockGap = 3

const smallestPitch = 3

/** The most columns that can be told apart in a box of this width. */
export const mostColumns = (width: number): number =>
  Math.floor((width - widestOutput - gap) / (smallestPitch + 0.1))

export interface TextLengths {
  readonly weight: number
  readonly sample: number
  readonly output: number
}

export function sparseLayout(
  { rows, columns }: Pick<SparseMatrix, 'rows' | 'columns'>,
  box: { readonly width: number; readonly height: number },
  lengths: TextLengths,
): SparseLayout {
  const outputWidth = Math.min(widestOutput, Math.ceil(lengths.output * digitWidth + 8))
  const room = box.width - outputWidth - gap
  const columnGap = breaks(columns) > 0 && room / columns.length > 6 ? blockGap : 1
  const rowGap = breaks(rows) > 0 ? blockGap - 1 : 0
  const exactX = (room - breaks(columns) * columnGap) / columns.length
  const x = Math.min(largestPitch.x, exactX >= 5 ? Math.floor(exactX) : exactX)
  const sampleHeight = Math.max(16, Math.min(24, Math.round(x)))
  const exactY = (box.height - sampleHeight - gap - breaks(rows) * rowGap) / rows.length
  const y = Math.floor(exactY < lowestRow ? digitHeight : Math.min(largestPitch.y, exactY))
  const rowTops = edges(rows, y, rowGap)
  const columnLefts = edges(columns, x, columnGap)
  const height = rowTops.at(-1)! + y
  const fits = (length: number): boolean => x >= length * digitWidth + 1.5
  return {
    pitch: { x, y },
    columns: columnLefts,
    rows: rowTops,
    width: columnLefts.at(-1)! + x,
    height,
    outputWidth,
    sampleHeight,
    shownHeight: Math.min(height, Math.max(4 * y, Math.floor(box.height - sampleHeight - gap))),
    hasWeights: y >= digitHeight && fits(lengths.weight),
    hasSamples: fits(lengths.sample),
    hasOutputs: y >= digitHeight,
    type: typeIn({ x, y }, Math.max(lengths.weight, lengths.sample)),
    outputType: typeIn({ x: outputWidth, y }, lengths.output),
  }
}

/** The height of digits in a cell: from 12 px on. */
const typeIn = ({ x, y }: Place, length: number): number =>
  Math.max(12, Math.min(18, y * 0.56, (x - 6) / (length * 0.575)))

/** How often the places go on in another row. */
const breaks = (places: readonly Place[]): number =>
  places.filter((place, i) => i > 0 && place.y !== places[i - 1]!.y).length

function edges(places: readonly Place[], pitch: number, gapOfBlocks: number): readonly number[] {
  let edge = -pitch
  return places.map((place, i) => {
    edge += pitch + (i > 0 && place.y !== places[i - 1]!.y ? gapOfBlocks : 0)
    return edge
  })
}

/** The outputs' cells and the gap: the distance of the matrix from the left edge. */
export const matrixLeft = ({ outputWidth }: SparseLayout): number => outputWidth + gap

/** The samples' cells and the gap: the distance of the matrix from the upper edge. */
export const matrixTop = ({ sampleHeight }: SparseLayout): number => sampleHeight + gap

/** Where the nodes of the layer are. Samples are as in the matrix, at the same pitch. */
export interface LayerLayout {
  /** The left edge of the samples. */
  readonly left: number
  readonly width: number
  readonly height: number
  readonly samples: readonly number[]
  readonly sampleWidth: number
  readonly sampleHeight: number
  readonly outputs: readonly number[]
  readonly outputWidth: number
  readonly outputTop: number
  /** The upper end of the lines, below the weights. */
  readonly lineTop: number
  readonly hasSamples: boolean
  readonly hasWeights: boolean
  readonly hasOutputs: boolean
}

const weightHeight = 15
const outputHeight = 22
const tallest = 320

export function layerLayout(
  matrix: SparseLayout,
  outputs: number,
  box: { readonly width: number; readonly height: number },
  outputLength: number,
): LayerLayout {
  const left = matrixLeft(matrix)
  const width = Math.max(matrix.width, Math.min(box.width - left, outputs * largestPitch.x))
  const outputPitch = Math.min(78, width / outputs)
  const start = (width - outputPitch * outputs) / 2
  const height = Math.min(tallest, box.height)
  const lineTop = matrix.sampleHeight + (matrix.hasWeights ? weightHeight : 5)
  const spread = (width - matrix.width) / 2
  return {
    left,
    width,
    height,
    samples: matrix.columns.map((x) => x + spread),
    sampleWidth: matrix.pitch.x,
    sampleHeight: matrix.sampleHeight,
    outputs: Array.from({ length: outputs }, (_, i) => start + i * outputPitch),
    outputWidth: outputPitch - 1,
    outputTop: height - outputHeight,
    lineTop,
    hasSamples: matrix.hasSamples,
    hasWeights: matrix.hasWeights,
    hasOutputs: outputPitch >= outputLength * digitWidth - 8,
  }
}
