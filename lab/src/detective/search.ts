/**
 * Which convolution makes the pasted output of the pasted input and kernel? Every explanation is
 * tried, those with the fewest changes from a plain correlation first. One call of the library
 * computes all places at which the kernel meets the input (`places.ts`), so one call serves all
 * strides and paddings (`windows.ts`).
 *
 * The search ends when no explanation with fewer changes is left. Then all that fit are known, and
 * none is claimed that the numbers cannot tell from another one.
 */

import { product } from '../model/numbers.ts'
import { type Arrangement, arrangementsOf, type Pastes, weightsOf } from './arrangements.ts'
import { endingChanges, plainEnding } from './endings.ts'
import type { Finding } from './finding.ts'
import { trapFindings } from './im2col-traps.ts'
import { Places } from './places.ts'
import { maxStructureChanges, type Structure, structuresOf } from './structures.ts'
import { readsOutside, type Windows, windowsOf } from './windows.ts'

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

const maxChanges = 5
/** Explanations with so many changes more than the best are listed beside it. */
const listedChanges = 1
/** Products after which explanations with more changes are not tried: some seconds. */
const maxProducts = 2 ** 28
const maxCallProducts = 2 ** 21
const windowsPerPause = 8
/** Changes of a structure up to which a number around the input is looked for. */
const maxWithValue = 1

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
      const value = ending ? undefined : this.#valueOutside(places, windows, changes)
      if (ending)
        this.add({ ...structure, windows, ending, changes: changes + endingChanges(ending) })
      else if (value !== undefined) {
        const outside = { boundary: { constant: value }, changes: changes + 1 }
        this.add({ ...structure, windows, ending: plainEnding, ...outside })
      } else if (this.#findings.length === 0) this.#compare(places, structure, windows, changes)
    }
  }

  /** The number that lies around the input, if it is the only thing that is not usual. */
  #valueOutside(places: Places, windows: Windows, changes: number): number | undefined {
    const { boundary, changes: ofStructure } = places.structure
    if (boundary !== 'zero' || ofStructure > maxWithValue || changes >= this.limit) return undefined
    return readsOutside(windows) ? places.valueOutside(windows) : undefined
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
