/**
 * The highlighted places of a view. A mark is one place that products touch. It holds the number of
 * their tap, which sets its colour, and the count of products. A place of several taps has no tap's
 * colour. Places count in the row-major order of the view's shape.
 *
 * Marks are stored as columns of numbers, not as one object each. A weight of an image highlights
 * thousands of places in every view at once. Taps come in the order of the sum, so most places
 * ascend and need no lookup.
 */

import type { PlaceList } from './tap-places.ts'

export interface Mark {
  /** The number of the tap, which sets the colour; −1 if no tap is here. */
  readonly tap: number
  /** The number of products at this place. */
  readonly count: number
  /** Whether products of several taps are here. `tap` is then the first of them. */
  readonly isMixed: boolean
  /** Whether the focus is at this place. */
  readonly isFocused: boolean
  /** Whether the selected tap is here. */
  readonly active: boolean
}

const focusedBit = 1
const activeBit = 2
const mixedBit = 4

/** The columns. The i-th mark is the i-th number of each. */
interface Columns {
  readonly places: Float64Array
  readonly taps: Int32Array
  readonly counts: Int32Array
  readonly roles: Uint8Array
}

export class Marks {
  readonly size: number
  readonly places: Float64Array
  readonly taps: Int32Array
  readonly #columns: Columns
  #indexByPlace: PlaceIndex | undefined

  constructor(columns: Columns) {
    this.size = columns.places.length
    this.places = columns.places
    this.taps = columns.taps
    this.#columns = columns
  }

  /** The i-th mark. */
  at(i: number): Mark {
    const { taps, counts, roles } = this.#columns
    const role = roles[i]!
    return {
      tap: taps[i]!,
      count: counts[i]!,
      isMixed: (role & mixedBit) !== 0,
      isFocused: (role & focusedBit) !== 0,
      active: (role & activeBit) !== 0,
    }
  }

  isFocusedAt(i: number): boolean {
    return (this.#columns.roles[i]! & focusedBit) !== 0
  }

  isMixedAt(i: number): boolean {
    return (this.#columns.roles[i]! & mixedBit) !== 0
  }

  get(place: number): Mark | undefined {
    const i = this.#index().get(place)
    return i < 0 ? undefined : this.at(i)
  }

  has(place: number): boolean {
    return this.#index().get(place) >= 0
  }

  /** The number of places that have a tap. */
  countOfTaps(): number {
    let count = 0
    for (let i = 0; i < this.size; i++) if (this.taps[i]! >= 0) count++
    return count
  }

  /** The same marks at other places. A mark without a new place is dropped. */
  mapPlaces(to: (place: number) => number | undefined): Marks {
    const newPlaces = new Float64Array(this.size)
    const kept = new Int32Array(this.size)
    let count = 0
    for (let i = 0; i < this.size; i++) {
      const place = to(this.places[i]!)
      if (place === undefined) continue
      newPlaces[count] = place
      kept[count++] = i
    }
    if (count === this.size) return new Marks({ ...this.#columns, places: newPlaces })
    return this.#pick(kept.subarray(0, count), newPlaces.subarray(0, count))
  }

  /** The same marks with other tap numbers, and so with other colours. */
  renumber(numberOf: (tap: number) => number): Marks {
    const taps = new Int32Array(this.size)
    for (let i = 0; i < this.size; i++)
      taps[i] = this.taps[i]! < 0 ? this.taps[i]! : numberOf(this.taps[i]!)
    return new Marks({ ...this.#columns, taps })
  }

  /** Marks for the places 0 to `count` − 1. Each gets the mark of the place that `from` returns. */
  expand(count: number, from: (place: number) => number): Marks {
    if (this.size === 0) return this
    // One of the two may be very long, so the shorter one is indexed.
    const wanted = new Map<number, number>()
    for (let place = 0; place < count; place++) wanted.set(from(place), -1)
    for (let i = 0; i < this.size; i++)
      if (wanted.has(this.places[i]!)) wanted.set(this.places[i]!, i)
    const shown: (readonly [place: number, i: number])[] = []
    for (let place = 0; place < count; place++) {
      const i = wanted.get(from(place))!
      if (i >= 0) shown.push([place, i])
    }
    return this.#pick(
      shown.map(([, i]) => i),
      Float64Array.from(shown, ([place]) => place),
    )
  }

  /** These marks, plus the marks of `others` at places that have none here. */
  merge(others: Marks): Marks {
    const missing = new Int32Array(others.size)
    let count = 0
    for (let i = 0; i < others.size; i++) if (!this.has(others.places[i]!)) missing[count++] = i
    if (count === 0) return this
    const added = missing.subarray(0, count)
    const [a, b] = [this.#columns, others.#pick(added, pick(others.places, added)).#columns]
    const join = <T extends Column>(make: new (length: number) => T, left: T, right: T): T => {
      const both = new make(left.length + right.length)
      both.set(left)
      both.set(right, left.length)
      return both
    }
    return new Marks({
      places: join(Float64Array, a.places, b.places),
      taps: join(Int32Array, a.taps, b.taps),
      counts: join(Int32Array, a.counts, b.counts),
      roles: join(Uint8Array, a.roles, b.roles),
    })
  }

  #pick(which: ArrayLike<number>, places: Float64Array): Marks {
    const { taps, counts, roles } = this.#columns
    return new Marks({
      places,
      taps: pick(taps, which),
      counts: pick(counts, which),
      roles: pick(roles, which),
    })
  }

  /** The index of each mark by place; computed at the first use. */
  #index(): PlaceIndex {
    this.#indexByPlace ??= indexOf(this.places, this.size)
    return this.#indexByPlace
  }
}

type Column = Float64Array | Int32Array | Uint8Array

/** The numbers of a column at these indices. */
function pick<T extends Column>(column: T, which: ArrayLike<number>): T {
  // A column makes columns of its own type, which TypeScript cannot express.
  const picked = new (column.constructor as new (length: number) => T)(which.length)
  for (let i = 0; i < which.length; i++) picked[i] = column[which[i]!]!
  return picked
}

/** The number of the mark at each place. */
interface PlaceIndex {
  /** −1 if the place has no mark. */
  get(place: number): number
  set(place: number, i: number): void
}

/** Up to this place the index is an array, which is far faster than a map. */
const maxArrayPlaces = 1 << 21

function placeIndex(extent: number): PlaceIndex {
  if (extent > maxArrayPlaces) {
    const map = new Map<number, number>()
    return { get: (place) => map.get(place) ?? -1, set: (place, i) => void map.set(place, i) }
  }
  // 0 stands for no mark.
  const numbers = new Int32Array(extent)
  return {
    get: (place) => (numbers[place] ?? 0) - 1,
    set: (place, i) => {
      numbers[place] = i + 1
    },
  }
}

function indexOf(places: Float64Array, size: number, extent?: number): PlaceIndex {
  let end = extent ?? 0
  if (extent === undefined)
    for (let i = 0; i < size; i++) if (places[i]! >= end) end = places[i]! + 1
  const index = placeIndex(end)
  for (let i = 0; i < size; i++) index.set(places[i]!, i)
  return index
}

interface BuilderOptions {
  readonly focusedPlace?: number | undefined
  /** The number of places of the view. */
  readonly extent: number
}

/** Collects marks, tap by tap. The focused place gets a mark even if no tap is there. */
export class MarksBuilder {
  readonly #places: Float64Array
  readonly #taps: Int32Array
  readonly #counts: Int32Array
  readonly #roles: Uint8Array
  readonly #options: BuilderOptions
  #size = 0
  #greatest = -1
  #indexByPlace: PlaceIndex | undefined

  /** `maxTaps`: the largest number of taps. */
  constructor(maxTaps: number, options: BuilderOptions) {
    const length = Math.min(maxTaps, options.extent) + 1
    this.#places = new Float64Array(length)
    this.#taps = new Int32Array(length)
    this.#counts = new Int32Array(length)
    this.#roles = new Uint8Array(length)
    this.#options = options
  }

  add(place: number, tap: number, isActive: boolean): void {
    const i = this.#at(place)
    if (this.#counts[i] === 0) this.#taps[i] = tap
    else if (this.#taps[i] !== tap) this.#roles[i]! |= mixedBit
    this.#counts[i]! += 1
    this.#roles[i]! |=
      (place === this.#options.focusedPlace ? focusedBit : 0) | (isActive ? activeBit : 0)
  }

  /** Adds many taps. Places below 0 are left out. */
  addAll({ places, taps }: PlaceList, active: number | undefined): void {
    for (let i = 0; i < places.length; i++)
      if (places[i]! >= 0) this.add(places[i]!, taps[i]!, taps[i] === active)
  }

  build(): Marks {
    const { focusedPlace } = this.#options
    if (focusedPlace !== undefined) {
      const i = this.#at(focusedPlace)
      if (this.#counts[i] === 0) this.#taps[i] = -1
      this.#roles[i]! |= focusedBit
    }
    return new Marks({
      places: this.#places.subarray(0, this.#size),
      taps: this.#taps.subarray(0, this.#size),
      counts: this.#counts.subarray(0, this.#size),
      roles: this.#roles.subarray(0, this.#size),
    })
  }

  /** The index of the mark at a place: the last mark, a new one, or one from the lookup table. */
  #at(place: number): number {
    const last = this.#size - 1
    if (last >= 0 && this.#places[last] === place) return last
    if (place > this.#greatest) {
      this.#greatest = place
      return this.#new(place)
    }
    this.#indexByPlace ??= indexOf(this.#places, this.#size, this.#options.extent)
    const i = this.#indexByPlace.get(place)
    return i < 0 ? this.#new(place) : i
  }

  #new(place: number): number {
    this.#places[this.#size] = place
    this.#indexByPlace?.set(place, this.#size)
    return this.#size++
  }
}

export const noMarks: Marks = new MarksBuilder(0, { extent: 0 }).build()

/** A mark without a product. It brings its place into view. */
export const emptyMark = (place: number): Marks =>
  new Marks({
    places: Float64Array.of(place),
    taps: Int32Array.of(-1),
    counts: Int32Array.of(0),
    roles: Uint8Array.of(0),
  })
