/**
 * The highlighted places of a view. A mark is one place that products touch. It holds the number of
 * their tap, which sets its colour, and the count of products. A place of several taps has no tap's
 * colour. Places count in the row-major order of the view's shape.
 *
 * Marks are stored as columns of numbers, not as one object each. A weight of an image highlights
 * thousands of places in every view at once. Taps come in the order of the sum, so most places
 * ascend and need no lookup.
 */

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
  #indexByPlace: Map<number, number> | undefined

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
    return i === undefined ? undefined : this.at(i)
  }

  has(place: number): boolean {
    return this.#index().has(place)
  }

  /** The same marks at other places. A mark without a new place is dropped. */
  mapPlaces(to: (place: number) => number | undefined): Marks {
    const newPlaces = this.places.map((place) => to(place) ?? -1)
    return newPlaces.includes(-1)
      ? this.#dropMissing(newPlaces)
      : new Marks({ ...this.#columns, places: newPlaces })
  }

  /** The same marks with other tap numbers, and so with other colours. */
  renumber(numberOf: (tap: number) => number): Marks {
    return new Marks({
      ...this.#columns,
      taps: this.taps.map((tap) => (tap < 0 ? tap : numberOf(tap))),
    })
  }

  /** Marks for the places 0 to `count` − 1. Each gets the mark of the place that `from` returns. */
  expand(count: number, from: (place: number) => number): Marks {
    const indexByPlace = this.#index()
    const shown: (readonly [place: number, i: number])[] = []
    for (let place = 0; place < count && indexByPlace.size > 0; place++) {
      const i = indexByPlace.get(from(place))
      if (i !== undefined) shown.push([place, i])
    }
    return this.#pick(
      shown.map(([, i]) => i),
      Float64Array.from(shown, ([place]) => place),
    )
  }

  /** These marks, plus the marks of `others` at places that have none here. */
  merge(others: Marks): Marks {
    const added = [...others.places.keys()].filter((i) => !this.has(others.places[i]!))
    if (added.length === 0) return this
    const [a, b] = [
      this.#columns,
      others.#pick(
        added,
        Float64Array.from(added, (i) => others.places[i]!),
      ).#columns,
    ]
    return new Marks({
      places: Float64Array.from([...a.places, ...b.places]),
      taps: Int32Array.from([...a.taps, ...b.taps]),
      counts: Int32Array.from([...a.counts, ...b.counts]),
      roles: Uint8Array.from([...a.roles, ...b.roles]),
    })
  }

  #dropMissing(newPlaces: Float64Array): Marks {
    const kept: number[] = []
    for (let i = 0; i < newPlaces.length; i++) if (newPlaces[i] !== -1) kept.push(i)
    return this.#pick(
      kept,
      Float64Array.from(kept, (i) => newPlaces[i]!),
    )
  }

  #pick(which: readonly number[], places: Float64Array): Marks {
    const { taps, counts, roles } = this.#columns
    return new Marks({
      places,
      taps: Int32Array.from(which, (i) => taps[i]!),
      counts: Int32Array.from(which, (i) => counts[i]!),
      roles: Uint8Array.from(which, (i) => roles[i]!),
    })
  }

  /** The index of each mark by place; computed at the first use. */
  #index(): Map<number, number> {
    if (!this.#indexByPlace) {
      this.#indexByPlace = new Map()
      for (let i = 0; i < this.size; i++) this.#indexByPlace.set(this.places[i]!, i)
    }
    return this.#indexByPlace
  }
}

/** Collects marks, tap by tap. The focused place gets a mark even if no tap is there. */
export class MarksBuilder {
  readonly #places: Float64Array
  readonly #taps: Int32Array
  readonly #counts: Int32Array
  readonly #roles: Uint8Array
  readonly #focusedPlace: number | undefined
  #size = 0
  #greatest = -1
  #indexByPlace: Map<number, number> | undefined

  /** `maxTaps`: the largest number of taps. */
  constructor(maxTaps: number, focusedPlace?: number) {
    this.#places = new Float64Array(maxTaps + 1)
    this.#taps = new Int32Array(maxTaps + 1)
    this.#counts = new Int32Array(maxTaps + 1)
    this.#roles = new Uint8Array(maxTaps + 1)
    this.#focusedPlace = focusedPlace
  }

  add(place: number, tap: number, isActive: boolean): void {
    const i = this.#at(place)
    if (this.#counts[i] === 0) this.#taps[i] = tap
    else if (this.#taps[i] !== tap) this.#roles[i]! |= mixedBit
    this.#counts[i]! += 1
    this.#roles[i]! |= (place === this.#focusedPlace ? focusedBit : 0) | (isActive ? activeBit : 0)
  }

  build(): Marks {
    if (this.#focusedPlace !== undefined) {
      const i = this.#at(this.#focusedPlace)
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
    if (!this.#indexByPlace) {
      this.#indexByPlace = new Map()
      for (let i = 0; i < this.#size; i++) this.#indexByPlace.set(this.#places[i]!, i)
    }
    return this.#indexByPlace.get(place) ?? this.#new(place)
  }

  #new(place: number): number {
    this.#places[this.#size] = place
    this.#indexByPlace?.set(place, this.#size)
    return this.#size++
  }
}

export const noMarks: Marks = new MarksBuilder(0).build()

/** A mark without a product. It brings its place into view. */
export const emptyMark = (place: number): Marks =>
  new Marks({
    places: Float64Array.of(place),
    taps: Int32Array.of(-1),
    counts: Int32Array.of(0),
    roles: Uint8Array.of(0),
  })
