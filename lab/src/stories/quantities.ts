/**
 * The numbers of a state of the lab, by name: `output:0,0,1,1`, `taps`, `zeros`. Questions of
 * stories ask for them. All are from the library, in float64, so digits are exact.
 */

import type { ConvGeometry, NdArray } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import { copiesOf } from '../model/copies.ts'
import { type Frame, frameOf } from '../model/frame.ts'
import { kernelRows } from '../model/kernel-rows.ts'
import { arrayOf, once, placeOf, product } from '../model/numbers.ts'
import { paddedInput } from '../model/padded.ts'
import { inputRange, kernelRange } from '../model/plain-values.ts'
import { addressAt, type inputView, layOut, specOf } from '../model/strided-view.ts'
import { valuesOf } from '../model/values-of.ts'
import { addressIn, windowView } from '../model/window-view.ts'
import { resultOf, roundOff } from '../stage/stage-model.ts'
import { rejectFocus } from '../state/focus-fits.ts'
import type { LabState } from '../state/state.ts'
import type { CellArray } from './story.ts'

/** The arrays of a state. Each is computed at its first use. */
export interface Numbers {
  readonly state: LabState
  /** The geometry with the type of the sums as the problem has it. */
  readonly given: ConvGeometry
  readonly frame: Frame
  readonly input: () => NdArray
  readonly kernel: () => NdArray
  readonly output: () => NdArray
  readonly im2col: () => NdArray
  readonly toeplitz: () => NdArray
  readonly copies: () => NdArray
}

export function numbersOf(state: LabState): Numbers {
  const plain = frameOf(state.problem)
  const geometry: ConvGeometry = { ...plain.geometry, dtype: 'float64' }
  const frame = { ...plain, geometry }
  const { shapes } = frame
  const input = once(() =>
    arrayOf(valuesOf(state.input, shapes.input, inputRange), shapes.input, geometry),
  )
  const kernel = once(() =>
    arrayOf(valuesOf(state.kernel, shapes.kernel, kernelRange), shapes.kernel, geometry),
  )
  const output = (): NdArray => {
    const { values } = definition(geometry, { input: input(), kernel: kernel() })
    const results = Float64Array.from(values, (sum) => resultOf(sum, state.divisor, state.bias))
    return arrayOf(results, shapes.output, geometry)
  }
  const im2col = (): NdArray => {
    const padded = paddedInput(geometry, input())
    const view = windowView({ geometry, shapes, padded })
    const [rows, columns] = shapes.im2col
    const cells = Array.from(
      { length: rows * columns },
      (_, i) => view.data[addressIn(view, frame, Math.floor(i / columns), i % columns)]!,
    )
    return arrayOf(cells, shapes.im2col, geometry)
  }
  const toeplitz = (): NdArray => {
    const { indptr, indices, data } = kernelRows(frame, kernel())
    const [rows, columns] = shapes.toeplitz
    const cells = new Float64Array(rows * columns)
    for (let row = 0; row < rows; row++)
      for (let i = indptr[row]!; i < indptr[row + 1]!; i++)
        cells[row * columns + indices[i]!]! += data[i]!
    return arrayOf(cells, shapes.toeplitz, geometry)
  }
  return {
    state,
    given: plain.geometry,
    frame,
    input,
    kernel,
    output: once(output),
    im2col: once(im2col),
    toeplitz: once(toeplitz),
    copies: once(() => copiesOf(frame)),
  }
}

type Index = readonly number[]

/** A number without an index, such as `taps`. */
const counts: Readonly<Record<string, (numbers: Numbers) => number>> = {
  inputs: ({ frame }) => product(frame.shapes.input),
  outputs: ({ frame }) => product(frame.shapes.output),
  weights: ({ frame }) => product(frame.shapes.kernel),
  taps: ({ frame }) => frame.taps,
  products: ({ frame }) => product(frame.shapes.output) * frame.taps,
  zeros: ({ frame, kernel }) => product(frame.shapes.toeplitz) - kernelRows(frame, kernel()).stored,
  'kernel-sum': ({ kernel, state }) =>
    roundOff(Array.from(kernel().data).reduce((sum, weight) => sum + weight, 0) / state.divisor),
  'sample-bytes': ({ given }) => (given.dtype === 'float64' ? 8 : 4),
  'view-last': (numbers) => layoutOf(numbers).greatest.address,
  ...Object.fromEntries(
    (['rows', 'columns'] as const).flatMap((side) =>
      (['input', 'kernel', 'output', 'before', 'after'] as const).map((name) => [
        `${name}-${side}`,
        ({ frame }: Numbers) => {
          const axis = frame.geometry.axes.at(side === 'columns' ? -1 : -2)
          if (!axis) throw new Error(`a problem with one axis has no ${side}`)
          return axis[name]
        },
      ]),
    ),
  ),
}

const layoutOf = (numbers: Numbers): ReturnType<typeof layOut> =>
  layOut(numbers.input(), viewOf(numbers))

const viewOf = (numbers: Numbers): ReturnType<typeof inputView> =>
  numbers.state.view ?? specOf(numbers.input())

function addressOf(numbers: Numbers, index: Index): number {
  const { shape } = viewOf(numbers)
  if (index.length !== shape.length || index.some((i, axis) => i >= shape[axis]!))
    throw new Error(`the view of shape [${shape}] has no cell [${index}]`)
  return addressAt(viewOf(numbers), index)
}

const elementOf = ({ frame }: Numbers, index: Index): number =>
  placeOf(index, frame.shapes.input.slice(-index.length))

/** A number at an index, such as `output:0,0,1,1`. Leading zeros of the index can be left out. */
const places: Readonly<Record<string, (numbers: Numbers, index: Index) => number>> = {
  ...Object.fromEntries(
    (['input', 'kernel', 'output', 'im2col', 'toeplitz'] as const).map((name) => [
      name,
      (numbers: Numbers, index: Index) => {
        rejectFocus(numbers.frame.geometry, { [name]: index } as never)
        return cellOf(numbers, name, index)
      },
    ]),
  ),
  /** In how many products a sample occurs. */
  uses: (numbers, index) => numbers.copies().data[elementOf(numbers, index)]!,
  /** The number of a sample in memory, from 0; and its address in bytes. */
  element: elementOf,
  address: (numbers, index) => elementOf(numbers, index) * counts['sample-bytes']!(numbers),
  /** A cell of the view of the memory: its number, its element, and how many cells share it. */
  view: (numbers, index) => numbers.input().data[addressOf(numbers, index)]!,
  'view-element': addressOf,
  aliases: (numbers, index) => layoutOf(numbers).touches.get(addressOf(numbers, index)) ?? 0,
  /** The distance from an output to the next float32 number. */
  'float-step': (numbers, index) => floatStep(cellOf(numbers, 'output', index)),
}

/** The number in a cell of an array. */
export function cellOf(numbers: Numbers, name: CellArray, index: Index): number {
  const { data, shape } = numbers[name]()
  return data[placeOf(index, shape.slice(-index.length))]!
}

const floatStep = (value: number): number => {
  const bits = new Int32Array(Float32Array.of(Math.abs(value)).buffer)
  bits[0]! += 1
  return new Float32Array(bits.buffer)[0]! - Math.fround(Math.abs(value))
}

export const quantityNames: readonly string[] = [
  ...Object.keys(counts),
  ...Object.keys(places).map((name) => `${name}:…`),
]

/** The number that a name stands for. Throws if there is none. */
export function quantity(numbers: Numbers, text: string): number {
  const [name = '', list] = text.split(':')
  if (list === undefined && Object.hasOwn(counts, name)) return counts[name]!(numbers)
  if (list !== undefined && Object.hasOwn(places, name)) {
    const index = list.split(',').map(Number)
    if (index.some((i) => !Number.isInteger(i) || i < 0))
      throw new Error(`'${text}' has no index: write whole numbers, such as ${name}:0,1`)
    return places[name]!(numbers, index)
  }
  throw new Error(`'${text}' is not a number of the lab. Known: ${quantityNames.join(', ')}`)
}
