/**
 * What the page “Detective” shows now. The arrays are in the link, as long as they are short. The
 * search runs in short slices, so that the page stays usable.
 */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type Offer, type OfferFault, offerOfFile, offerOfText } from '../exchange/offer.ts'
import { change, part, state } from '../state/store.ts'
import type { Pastes } from './arrangements.ts'
import { textOf } from './array-text.ts'
import { type ExampleName, exampleOf } from './examples.ts'
import type { ArrayName, Pasted } from './readings.ts'
import { type Outcome, search } from './search.ts'
import {
  arrayNames,
  type DetectiveSettings,
  fitsLink,
  readSettings,
  writeSettings,
} from './settings.ts'

/** What a field holds: a text, and what was read from it, or from a file. */
export interface Field {
  readonly text: string
  readonly file: string | undefined
  readonly array: Pasted | undefined
  readonly fault: OfferFault | undefined
}

const page = part('page')
let lastText = ''
/** While the page is left, its parts read the last settings once more. */
const read = computed(() => {
  if (page.value?.name === 'detective') lastText = page.value.settings
  return readSettings(lastText)
})
export const example: ReadonlySignal<ExampleName | undefined> = computed(
  () => read.value.settings.example,
)
export const faults: ReadonlySignal<readonly string[]> = computed(() => read.value.faults)

const emptyField: Field = { text: '', file: undefined, array: undefined, fault: undefined }
export const fields: Signal<Readonly<Record<ArrayName, Field>>> = signal({
  x: emptyField,
  k: emptyField,
  y: emptyField,
})

/** The three arrays, if all of them are read. */
export const pastes: ReadonlySignal<Pastes | undefined> = computed(() => {
  const { x, k, y } = fields.value
  return x.array && k.array && y.array ? signals(x.array, k.array, y.array) : undefined
})

/** One row of numbers beside a list is a list. */
function signals(x: Pasted, k: Pasted, y: Pasted): Pastes {
  const all = [x, k, y]
  const isRow = ({ shape }: Pasted): boolean => shape.length === 2 && shape.includes(1)
  const isSignal =
    all.some(({ shape }) => shape.length === 1) &&
    all.every((each) => each.shape.length === 1 || isRow(each))
  if (!isSignal) return { x, k, y }
  const flat = ({ values }: Pasted): Pasted => ({ shape: [values.length], values })
  return { x: flat(x), k: flat(k), y: flat(y) }
}

/** What the last change of this page has written to the link. */
let written: string | undefined

/** Follows the link, and searches, while the page is open. Returns what ends that. */
export function followDetective(): () => void {
  written = undefined
  const ends = [
    effect(() => {
      const { settings } = read.value
      if (writeSettings(settings) === written) return
      written = writeSettings(settings)
      fields.value = fieldsOf(settings)
    }),
    effect(() => {
      start(pastes.value)
    }),
  ]
  return () => {
    for (const end of ends) end()
    clearTimeout(timer)
  }
}

function fieldsOf({
  example: name,
  arrays,
}: DetectiveSettings): Readonly<Record<ArrayName, Field>> {
  const all: Partial<Pastes> = name === undefined ? arrays : exampleOf(name)
  const fieldOf = (array: Pasted | undefined): Field =>
    array ? { ...emptyField, text: textOf(array), array } : emptyField
  return { x: fieldOf(all.x), k: fieldOf(all.k), y: fieldOf(all.y) }
}

export const showExample = (name: ExampleName): void =>
  change({
    page: { name: 'detective', settings: writeSettings({ example: name, arrays: {} }) },
  })

function setField(name: ArrayName, field: Field): void {
  batch(() => {
    fields.value = { ...fields.peek(), [name]: field }
    const { x, k, y } = fields.peek()
    if (!x.array || !k.array || !y.array) return
    const arrays = { x: x.array, k: k.array, y: y.array }
    const settings = fitsLink(arrays) ? writeSettings({ example: undefined, arrays }) : ''
    // Long arrays stay on the page, and the link keeps what it had.
    if (settings === '') return
    written = settings
    change({ page: { name: 'detective', settings } })
  })
}

export const typeText = (name: ArrayName, text: string): void =>
  setField(name, {
    ...emptyField,
    text,
    ...(text.trim() !== '' && understood(offerOfText(text, state.peek()))),
  })

export async function takeFile(name: ArrayName, file: File): Promise<void> {
  const offer = understood(await offerOfFile(file, state.peek()))
  const { array } = offer
  const text = array && array.values.length <= maxShown ? textOf(array) : ''
  setField(name, { ...emptyField, text, file: file.name, ...offer })
}

/** Longer arrays of a file are not written into the field. */
const maxShown = 4096

function understood(offer: Offer): Pick<Field, 'array' | 'fault'> {
  if (offer.kind === 'numbers') return { array: offer.matrix, fault: undefined }
  if (offer.kind === 'fault') return { array: undefined, fault: offer.fault }
  return { array: undefined, fault: { kind: 'empty' } }
}

/** Whether the arrays are too long for the link. */
export const isUnlinked: ReadonlySignal<boolean> = computed(() => {
  const { x, k, y } = fields.value
  return !!x.array && !!k.array && !!y.array && !fitsLink({ x: x.array, k: k.array, y: y.array })
})

/** `busy`: the search runs, and so much of it is done. */
export type Report =
  | { readonly kind: 'missing'; readonly arrays: readonly ArrayName[] }
  | { readonly kind: 'busy'; readonly done: number }
  | { readonly kind: 'done'; readonly outcome: Outcome; readonly pastes: Pastes }

export const report: Signal<Report> = signal({ kind: 'missing', arrays: arrayNames })

const sliceMs = 12
/** A search that is shorter shows no progress. */
const quietMs = 150
let timer: ReturnType<typeof setTimeout> | undefined

function start(now: Pastes | undefined): void {
  clearTimeout(timer)
  if (!now) {
    const missing = arrayNames.filter((name) => !fields.peek()[name].array)
    report.value = { kind: 'missing', arrays: missing }
    return
  }
  const running = search(now)
  const started = performance.now()
  const slice = (): void => {
    const end = performance.now() + sliceMs
    while (performance.now() < end) {
      const { done, value } = running.next()
      if (done) {
        report.value = { kind: 'done', outcome: value, pastes: now }
        return
      }
      if (performance.now() - started > quietMs) report.value = { kind: 'busy', done: value }
    }
    timer = setTimeout(slice)
  }
  slice()
}
