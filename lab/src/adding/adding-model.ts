/**
 * A layer, or a transposed layer, seen from its input: what every sample sends into the output. All
 * numbers are from the library. It computes the output of an input in which all other samples are
 * 0, and of an input in which the first samples are there and the others are not yet.
 *
 * A transposed layer is the convolution of an input with zeros between its samples: case notation
 * writes it as `flip` and `i`.
 */

import { type ConvGeometry, ndarray, parseCase } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import type { PlaneNumbers as Plane } from '../pages/plane-numbers.ts'
import { type AddingSettings, inputColumns, inputRows } from './settings.ts'

export interface AddingModel {
  readonly geometry: ConvGeometry
  readonly input: Plane
  readonly kernel: Plane
  /** The output after each number of samples; the last is the whole output. */
  readonly after: readonly Plane[]
  /** What each sample sends, and what it would send if it were 1. */
  readonly sent: readonly Plane[]
  readonly weights: readonly Plane[]
  /** Whether a weight of the sample arrives at each output: 1 or 0. */
  readonly reach: readonly Plane[]
  /** How many products meet in each output. */
  readonly counts: Plane
}

const samples = [3, 1, 0, 2, 4, 2, 5, 1, 3, 0, 1, 2, 4, 0, 3, 5, 1, 2, 1, 2]
/** The largest kernel. Smaller ones are its upper left part. */
const weights = [1, 2, -1, 1, 0, 3, 1, -2, -2, 1, 2, 1, 2, 0, -1, 1]
const largestKernel = 4

export function addingModelOf(settings: AddingSettings): AddingModel {
  const { kernel: extent } = settings
  const g = geometryOf(settings)
  const [rows, columns] = g.axes.map((axis) => axis.output)
  const kernel = Array.from(
    { length: extent * extent },
    (_, i) => weights[Math.floor(i / extent) * largestKernel + (i % extent)]!,
  )
  const output = (input: readonly number[], of: readonly number[] = kernel): Plane => ({
    rows: rows!,
    columns: columns!,
    data: definition(g, {
      input: ndarray(Float64Array.from(input), [1, 1, inputRows, inputColumns]),
      kernel: ndarray(Float64Array.from(of), [1, 1, extent, extent]),
    }).values,
  })
  const only = (sample: number, value: number): number[] =>
    samples.map((_, i) => (i === sample ? value : 0))
  const ones = kernel.map(() => 1)
  return {
    geometry: g,
    input: { rows: inputRows, columns: inputColumns, data: samples },
    kernel: { rows: extent, columns: extent, data: kernel },
    after: Array.from({ length: samples.length + 1 }, (_, count) =>
      output(samples.map((value, i) => (i < count ? value : 0))),
    ),
    sent: samples.map((value, i) => output(only(i, value))),
    weights: samples.map((_, i) => output(only(i, 1))),
    reach: samples.map((_, i) => output(only(i, 1), ones)),
    counts: output(
      samples.map(() => 1),
      ones,
    ),
  }
}

function geometryOf({ isTransposed, kernel, stride, padding }: AddingSettings): ConvGeometry {
  const steps = isTransposed ? `i${stride} p${kernel - 1 - padding} flip` : `s${stride} p${padding}`
  const text = `1x1x${inputRows}x${inputColumns} * 1x1x${kernel}x${kernel} ${steps}`
  return { ...parseCase(text), dtype: 'float64' }
}

/** The outputs that a sample reaches. */
export const cellsOf = ({ reach }: AddingModel, sample: number): readonly number[] =>
  placesIn(reach[sample]!.data)

/** The samples that reach an output. */
export const samplesOf = ({ reach }: AddingModel, cell: number): readonly number[] =>
  reach.flatMap(({ data }, sample) => (data[cell] === 0 ? [] : [sample]))

const placesIn = (data: ArrayLike<number>): number[] =>
  Array.from(data).flatMap((value, place) => (value === 0 ? [] : [place]))
