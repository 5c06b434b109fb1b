/**
 * Which convolution makes the pasted output of the pasted input and kernel? Every explanation is
 * tried, those with the fewest changes from a plain correlation first. One call of the library
 * computes all places at which the kernel meets the input (`windows.ts`), so one call serves all
 * strides and paddings.
 *
 * The search ends when no explanation with fewer changes is left. Then all that fit are known, and
 * none is claimed that the numbers cannot tell from another one.
 */

import {
  type Boundary,
  type ConvGeometry,
  formatCase,
  type NdArray,
  ndarray,
  parseCase,
} from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import { product } from '../model/numbers.ts'
import { type Arrangement, arrangementsOf, type Pastes, weightsOf } from './arrangements.ts'
import {
  type Ending,
  type EndingFacts,
  endingChanges,
  endingFacts,
  filterOffsets,
  fittingEnding,
  isTelling,
  matches,
  plainEnding,
} from './endings.ts'
import { type Trap, trapFindings } from './im2col-traps.ts'
import { mostPadding, readsOutside, type Windows, windowExtent, windowsOf } from './windows.ts'

/** How the kernel lies on the input: as it is, turned by 180°, or mirrored along one axis. */
export type Orientation = 'as-is' | 'turned' | 'rows' | 'columns'

/** What one call of the library computes. */
export interface Structure {
  readonly arrangement: Arrangement
  readonly orientation: Orientation
  readonly dilations: readonly number[]
  readonly boundary: Boundary
  readonly changes: number
}

export interface Finding extends Structure {
  readonly windows: Windows
  readonly ending: Ending
  /** A slip in the window matrix of im2col. */
  readonly trap?: Trap
}

export type Outcome =
  /** The shapes fit no convolution. */
  | { readonly kind: 'shapes' }
  /** One call would hold up the page. */
  | { readonly kind: 'large' }
  /** The best first, then others that the numbers cannot tell from it. */
  | { readonly kind: 'equal'; readonly findings: readonly Finding[]; readonly tried: number }
  | { readonly kind: 'nearest'; readonly finding: Finding; readonly tried: number }

/** The share of the calls that is done. */
export type Progress = number

const maxStructureChanges = 3
const maxChanges = 5
/** Explanations with so many changes more than the best are listed beside it. */
const listedChanges = 1
/** Products after which explanations with more changes are not tried: some seconds. */
const maxProducts = 2 ** 28
const maxCallProducts = 2 ** 22
const windowsPerPause = 16

export function* search(pastes: Pastes): Generator<Progress, Outcome> {
  const structures = structuresOf(arrangementsOf(pastes))
  if (structures.length === 0) return { kind: 'shapes' }
  if (productsOf(structures[0]!) > maxCallProducts) return { kind: 'large' }
  const state = new Search()
  let products = 0
  for (const [i, structure] of structures.entries()) {
    if (structure.changes > state.limit) break
    if (products > maxProducts && structure.changes > 1) break
    products += productsOf(structure)
    for (const _ of state.look(structure)) yield i / structures.length
  }
  if (state.best > maxStructureChanges)
    for (const finding of trapFindings(pastes)) state.add(finding)
  return state.outcome()
}

/** The products of one call, but for those of the padding. */
function productsOf({ arrangement }: Structure): number {
  const { x } = arrangement
  return (x.values.length / x.shape[1]!) * product(weightsOf(arrangement).shape)
}

/** What the search has found so far. */
class Search {
  readonly #findings: Finding[] = []
  #nearest: { readonly finding: Finding; readonly score: number } | undefined
  #tried = 0
  best: number = Number.POSITIVE_INFINITY

  get limit(): number {
    return Math.min(maxChanges, this.best + listedChanges)
  }

  add(finding: Finding): void {
    this.#findings.push(finding)
    this.best = Math.min(this.best, finding.changes)
  }

  /** Tries everything that one call can tell, some windows between two pauses. */
  *look(structure: Structure): Generator<undefined, void> {
    const { boundary } = structure
    const choices = windowsFor(structure)
    if (choices.length === 0) return
    const places = new Places(structure)
    for (const [i, windows] of choices.entries()) {
      if (i % windowsPerPause === 0) yield
      const changes = structure.changes + windows.changes
      if (changes > this.limit) break
      if (boundary !== 'zero' && !readsOutside(windows)) continue
      this.#tried++
      const ending = places.endingWith(windows, this.limit - changes)
      if (ending)
        this.add({ ...structure, windows, ending, changes: changes + endingChanges(ending) })
      else if (this.#findings.length === 0) this.#compare(places, structure, windows, changes)
    }
  }

  #compare(places: Places, structure: Structure, windows: Windows, changes: number): void {
    const price = Math.max(1, places.outputs.length / 50)
    const room = (this.#nearest?.score ?? Number.POSITIVE_INFINITY) - changes * price
    const count = places.differences(windows, room)
    if (count >= room) return
    this.#nearest = {
      finding: { ...structure, windows, ending: plainEnding, changes },
      score: count + changes * price,
    }
  }

  outcome(): Outcome {
    const tried = this.#tried
    if (this.#findings.length > 0) {
      const findings = this.#findings
        .filter(({ changes }) => changes <= this.best + listedChanges)
        .sort((a, b) => a.changes - b.changes)
      return { kind: 'equal', findings, tried }
    }
    if (!this.#nearest) return { kind: 'shapes' }
    return { kind: 'nearest', finding: this.#nearest.finding, tried }
  }
}

const boundaries: readonly Boundary[] = ['zero', 'edge', 'reflect', 'symmetric', 'wrap']
const dilationChoices = [1, 2, 3, 4]

function structuresOf(arrangements: readonly Arrangement[]): readonly Structure[] {
  const found: Structure[] = []
  for (const arrangement of arrangements) {
    const taps = arrangement.k.shape.slice(2)
    for (const [orientation, turnChanges] of orientationsOf(taps))
      for (const dilations of dilationsOf(taps))
        for (const boundary of boundaries) {
          const isDilated = dilations.some((d) => d > 1)
          const isUneven = new Set(dilations.filter((_, a) => taps[a]! > 1)).size > 1
          const changes =
            arrangement.changes +
            turnChanges +
            (isDilated ? 1 : 0) +
            (isUneven ? 1 : 0) +
            (boundary === 'zero' ? 0 : 1)
          if (changes <= maxStructureChanges)
            found.push({ arrangement, orientation, dilations, boundary, changes })
        }
  }
  return found
    .map((structure, i) => ({ structure, i }))
    .sort((a, b) => a.structure.changes - b.structure.changes || a.i - b.i)
    .map(({ structure }) => structure)
}

function orientationsOf(taps: readonly number[]): readonly (readonly [Orientation, number])[] {
  const wide = taps.filter((extent) => extent > 1).length
  return [
    ['as-is', 0],
    ...(wide > 0 ? ([['turned', 1]] as const) : []),
    ...(wide > 1
      ? ([
          ['rows', 2],
          ['columns', 2],
        ] as const)
      : []),
  ]
}

/** An axis with one weight has no dilation. */
function dilationsOf(taps: readonly number[]): readonly (readonly number[])[] {
  let all: number[][] = [[]]
  for (const extent of taps) {
    const choices = extent > 1 ? dilationChoices : [1]
    all = all.flatMap((list) => choices.map((d) => [...list, d]))
  }
  return all
}

const known = new WeakMap<Arrangement, Map<string, readonly Windows[]>>()

function windowsFor({ arrangement, dilations }: Structure): readonly Windows[] {
  const { x, k, y } = arrangement
  const ofArrangement = known.get(arrangement) ?? new Map<string, readonly Windows[]>()
  known.set(arrangement, ofArrangement)
  const key = dilations.join()
  const windows =
    ofArrangement.get(key) ??
    windowsOf(
      dilations.map((dilation, a) => ({
        input: x.shape[a + 2]!,
        kernel: k.shape[a + 2]!,
        dilation,
        output: y.shape[a + 2]!,
      })),
    )
  ofArrangement.set(key, windows)
  return windows
}

/** The problem of a structure with windows of some kind. */
export function geometryOf(
  { arrangement, orientation, boundary }: Structure,
  axes: Windows['axes'],
): ConvGeometry {
  const { x, y, groups } = arrangement
  return parseCase(
    formatCase({
      batch: x.shape[0]!,
      channels: x.shape[1]!,
      filters: y.shape[1]!,
      groups,
      axes: axes.map((axis) => ({ ...axis, inputDilation: 1 })),
      boundary: axes.map(() => boundary),
      flip: orientation === 'turned',
      dtype: 'float64',
    }),
  )
}

/** Input and weights of a structure, in the order of axes of the library. */
export function operandsOf({ arrangement, orientation }: Structure): {
  readonly input: NdArray
  readonly kernel: NdArray
} {
  const { x } = arrangement
  const { shape, values } = weightsOf(arrangement)
  const weights =
    orientation === 'rows' || orientation === 'columns'
      ? mirrored(values, shape, orientation)
      : values
  return { input: ndarray(x.values, x.shape), kernel: ndarray(weights, shape) }
}

function mirrored(
  values: Float64Array,
  shape: readonly number[],
  along: 'rows' | 'columns',
): Float64Array {
  const [rows = 1, columns = 1] = shape.slice(2)
  return values.map((_, i) => {
    const column = i % columns
    const row = Math.floor(i / columns) % rows
    return along === 'rows'
      ? values[i + (rows - 1 - 2 * row) * columns]!
      : values[i + columns - 1 - 2 * column]!
  })
}

const maxSamples = 16

/** The sums at all places, and the outputs that were pasted. */
class Places {
  readonly values: Float64Array
  readonly outputs: Float64Array
  readonly #facts: EndingFacts
  readonly #extents: readonly number[]
  readonly #counts: readonly number[]
  readonly #filters: number
  readonly #samples: Int32Array

  constructor(structure: Structure) {
    const { x, k, y } = structure.arrangement
    const axes = structure.dilations.map((dilation, a) => {
      const [input, kernel] = [x.shape[a + 2]!, k.shape[a + 2]!]
      const pad = mostPadding({ kernel, dilation })
      const output = input + 2 * pad - windowExtent({ kernel, dilation }) + 1
      return { input, kernel, dilation, stride: 1, before: pad, after: pad, output }
    })
    const operands = operandsOf(structure)
    this.values = definition(geometryOf(structure, axes), operands).values
    this.outputs = y.values
    this.#extents = [1, 1, ...axes.map(({ output }) => output)].slice(-2)
    this.#counts = [1, ...y.shape.slice(2)].slice(-2)
    this.#filters = y.shape[1]!
    const weights = operands.kernel.data as Float64Array
    const greatest = x.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const taps = weights.length / operands.kernel.shape[0]!
    this.#facts = endingFacts(weights, taps, greatest, this.outputs)
    const count = this.outputs.length
    const samples = Math.min(count, maxSamples)
    this.#samples = Int32Array.from({ length: samples }, (_, i) =>
      Math.floor((i * count) / samples),
    )
  }

  readonly filterAt = (place: number): number =>
    Math.floor(place / (this.#counts[0]! * this.#counts[1]!)) % this.#filters

  /** The sum that belongs to an output. */
  #reader(windows: Windows): (place: number) => number {
    const [rows, columns] = [this.#extents[0]!, this.#extents[1]!]
    const [high, wide] = [this.#counts[0]!, this.#counts[1]!]
    const firsts = windows.axes.map((axis) => mostPadding(axis) - axis.before)
    const steps = windows.axes.map(({ stride }) => stride)
    const [top, left] = [0, ...firsts].slice(-2) as [number, number]
    const [down, right] = [1, ...steps].slice(-2) as [number, number]
    return (place) => {
      const column = place % wide
      const line = Math.floor(place / wide)
      const plane = Math.floor(line / high)
      const row = top + (line % high) * down
      return this.values[(plane * rows + row) * columns + left + column * right]!
    }
  }

  /** The ending with at most so many changes that makes the outputs of the sums. */
  endingWith(windows: Windows, mostChanges: number): Ending | undefined {
    const sumAt = this.#reader(windows)
    const facts = this.#facts
    const sampled = Float64Array.from(this.#samples, (place) => sumAt(place))
    const wanted = Float64Array.from(this.#samples, (place) => this.outputs[place]!)
    const atSample = (i: number): number => this.filterAt(this.#samples[i]!)
    let all: Float64Array | undefined
    const sums = (): Float64Array => {
      all ??= this.outputs.map((_, place) => sumAt(place))
      return all
    }
    const fits = (ending: Ending): boolean =>
      matches(ending, sampled, wanted, facts, atSample) &&
      matches(ending, sums(), this.outputs, facts, this.filterAt) &&
      isTelling(ending, this.outputs)
    const found = fittingEnding(sampled, wanted, facts, mostChanges, fits)
    if (found) return found
    if (this.#filters === 1 || mostChanges < 1) return undefined
    if (!filterOffsets(sampled, wanted, facts, atSample)) return undefined
    const ending = filterOffsets(sums(), this.outputs, facts, this.filterAt)
    return ending && isTelling(ending, this.outputs) ? ending : undefined
  }

  /** How many outputs differ from the sums; not counted further than `most`. */
  differences(windows: Windows, most: number): number {
    const sumAt = this.#reader(windows)
    let count = 0
    for (let place = 0; place < this.outputs.length && count < most; place++)
      if (Math.abs(sumAt(place) - this.outputs[place]!) > this.#facts.tolerance) count++
    return count
  }
}
