/**
 * The view itself, cell by cell, tied to the one focus: two cells with one address are one place, which writing through the view shows.
 */

import { type Signal, signal, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { asStrided, ndarray } from 'stridefold/sync'
import { cellText } from '../grid/grid.tsx'
import { Tensor } from '../grid/tensor.tsx'
import type { Mark, Marks } from '../model/light.ts'
import { indexAt, listed, placeOf, product } from '../model/numbers.ts'
import { INPUT_RANGE } from '../model/scene.ts'
import { light, scene } from '../model/shared.ts'
import type { Laid } from '../model/strided-view.ts'
import { change, part, pin, preview } from '../state/store.ts'
import { words } from '../words/words.ts'

const MOST_DRAWN = 4096
const MARKED = -99

const [input, unit] = [part('input'), part('unit')]

/** What was written last, for as long as it stands there. */
const written: Signal<{ readonly element: number; readonly before: number } | undefined> = signal(undefined)

export function StridedView({ view }: { readonly view: Laid }): JSX.Element {
  const w = words()
  const { spec, addresses } = view
  const cells = product(spec.shape)
  if (!addresses || cells > MOST_DRAWN) return <p class="note">{w.viewTooLarge(cells, MOST_DRAWN)}</p>
  return <Cells view={view} addresses={addresses} />
}

function Cells({ view, addresses }: { readonly view: Laid; readonly addresses: Int32Array }): JSX.Element {
  const w = words()
  const { spec } = view
  const memory = scene.value.input
  const bytes = memory.data.BYTES_PER_ELEMENT
  const isInside = (address: number): boolean => address >= 0 && address < memory.data.length
  const marks = useComputed((): Marks => {
    const elements = light.value.marks('element')
    const found = new Map<number, Mark>()
    addresses.forEach((address, cell) => {
      const mark = elements.get(address)
      if (mark) found.set(cell, mark)
    })
    return found
  })
  // Planes are drawn of arrays with two leading axes.
  const leading = spec.shape.length === 1 ? 2 : Math.max(0, 4 - spec.shape.length)
  const shape = [...new Array<number>(leading).fill(1), ...spec.shape]
  const values = ndarray(
    Float64Array.from(addresses, (address) => (isInside(address) ? memory.data[address]! : 0)),
    shape,
  )
  const focusAt = (index: readonly number[]): { byte: number } | undefined => {
    const address = addresses[placeOf(index, shape)]!
    return isInside(address) ? { byte: address * bytes } : undefined
  }
  return (
    <>
      <Tensor
        key={`${spec.shape} ${spec.strides} ${spec.offset}`}
        name="view"
        label={w.theView}
        part="memory"
        array={values}
        marks={marks}
        of={scene.value.taps}
        planeName={(lead) => `[${lead.slice(leading).join(', ')}]`}
        kind={(index) => (isInside(addresses[placeOf(index, shape)]!) ? 'value' : 'outside')}
        onPreview={(index) => {
          preview.value = index && focusAt(index)
        }}
        onPin={(index) => {
          const focus = focusAt(index)
          if (focus) pin(focus)
        }}
        small
      />
      <Formula view={view} addresses={addresses} />
    </>
  )
}

/** The focused element by its index in the view, and −99 written through it. */
function Formula({ view: { spec, fault }, addresses }: { readonly view: Laid; readonly addresses: Int32Array }): JSX.Element {
  const w = words()
  const memory = scene.value.input
  const bytes = memory.data.BYTES_PER_ELEMENT
  const scale = unit.value === 'bytes' ? bytes : 1
  const { focus } = light.value
  const read = light.value.taps.map(({ byte }) => (byte === undefined ? undefined : byte / bytes))
  const element =
    focus && 'byte' in focus ? Math.floor(focus.byte / bytes) : read.find((each) => each !== undefined && addresses.includes(each))
  const cells = [...addresses.keys()].filter((cell) => addresses[cell] === element)
  const [first] = cells
  const known = written.value
  const isStanding = known !== undefined && memory.data[known.element] === MARKED
  const write = (): void => {
    if (element === undefined || fault !== undefined) return
    const values = Float64Array.from(listed(input.value, memory.data.length, INPUT_RANGE))
    const before = values[element]!
    // Through the library's view: it must be asked to be writable, and stands on the same numbers.
    const view = asStrided(ndarray(values, [values.length]), { ...spec, writable: true })
    view.data[element] = MARKED
    change({ input: { values: [...values] } })
    written.value = { element, before }
  }
  if (first === undefined) return <p class="note">{w.notInView}</p>
  const index = indexAt(first, spec.shape)
  return (
    <>
      <p class="formula" data-index={index.join()}>
        [{index.join(', ')}]: {spec.offset * scale}
        {index.map((i, axis) => ` + ${i}·${String(spec.strides[axis]! * scale).replace('-', '−')}`).join('')} ={' '}
        <strong>{addresses[first]! * scale}</strong>
        {cells.length > 1 && ` · ${w.sameAddress(cells.length - 1)}`}
      </p>
      <p class="row">
        <button type="button" data-write disabled={fault !== undefined} onClick={write}>
          {w.writeThrough(MARKED)}
        </button>
        <span class="note">{w.writeNote}</span>
      </p>
      {isStanding && (
        <p class="note" role="status" data-written={[...addresses].filter((address) => address === known.element).length}>
          {w.wrote(known.element, cellText(known.before), [...addresses].filter((address) => address === known.element).length)}
        </p>
      )}
    </>
  )
}
