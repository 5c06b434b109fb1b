/**
 * The cells of the view. Two cells with one address are one element: a write through the view
 * changes both. In a copy it changes one.
 */

import { type Signal, signal, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { type NdArray, ndarray } from 'stridefold/sync'
import type { CellKind } from '../grid/grid-types.ts'
import { Tensor } from '../grid/tensor.tsx'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { emptyMark, type Marks, noMarks } from '../model/marks.ts'
import { exactText } from '../model/number-text.ts'
import { indexAt, placeOf, product } from '../model/numbers.ts'
import { viewModel } from '../model/shared.ts'
import { addressAt, type ViewLayout } from '../model/strided-view.ts'
import { valuesOf } from '../model/values-of.ts'
import { inputRange } from '../model/view-model.ts'
import { cellOn, undoWrite, writeThrough, writeToCopy } from '../model/write-through.ts'
import { type ViewSpec, writtenValue } from '../state/state.ts'
import { change, part, pin, preview } from '../state/store.ts'
import { Follows } from './follows.tsx'
import { scaleOf, signed, term } from './view-terms.ts'

const maxDrawnCells = 4096

const [input, selectedCell, wrote] = [part('input'), part('cell'), part('wrote')]

/** The cell under the pointer or the keyboard focus. */
const pointedCell: Signal<readonly number[] | undefined> = signal(undefined)

interface CountedView {
  readonly view: ViewLayout
  readonly addresses: Float64Array
}

export function StridedView({ view }: { readonly view: ViewLayout }): JSX.Element {
  const w = messages()
  const { spec, addresses } = view
  const cells = product(spec.shape)
  if (!addresses || cells > maxDrawnCells)
    return <p class="note">{w.viewTooLarge(cells, maxDrawnCells)}</p>
  // The highlight follows the focus, so another view needs another component.
  const key = `${spec.shape} ${spec.strides} ${spec.offset}`
  return (
    <>
      <div class="flow">
        <Cells key={key} view={view} addresses={addresses} />
        <Copy key={`copy ${key}`} view={view} addresses={addresses} />
      </div>
      <Focused view={view} addresses={addresses} />
    </>
  )
}

/** Adds leading axes of extent 1, because planes need two leading axes. */
function withLeadingAxes(
  values: ArrayLike<number>,
  { shape }: ViewSpec,
): { readonly array: NdArray; readonly leading: number } {
  const leading = shape.length === 1 ? 2 : Math.max(0, 4 - shape.length)
  return {
    array: ndarray(Float64Array.from(values), [...new Array<number>(leading).fill(1), ...shape]),
    leading,
  }
}

function Cells({ view: { spec }, addresses }: CountedView): JSX.Element {
  const highlighted = useHighlight()
  const memory = viewModel.value.input
  const bytes = memory.data.BYTES_PER_ELEMENT
  const isInside = (address: number): boolean => address >= 0 && address < memory.data.length
  const marks = useComputed(() =>
    highlighted.value.marks('element').expand(addresses.length, (cell) => addresses[cell]!),
  )
  // An address outside the memory is not read. NaN is a placeholder there; it is not shown.
  const { array, leading } = withLeadingAxes(
    addresses.map((address) => (isInside(address) ? memory.data[address]! : Number.NaN)),
    spec,
  )
  const element = wrote.value?.element
  const kindOf = (address: number): CellKind =>
    !isInside(address) ? 'outside' : address === element ? 'written' : 'value'
  const addressOf = (index: readonly number[]): number => addressAt(spec, index.slice(leading))
  return (
    <Tensor
      name="view"
      label={messages().theView}
      part="memory"
      array={array}
      shape={spec.shape}
      marks={marks}
      planeName={(lead) => `[${lead.slice(leading).join(', ')}]`}
      kind={(index) => kindOf(addressOf(index))}
      onPreview={(index) => {
        const address = index && addressOf(index)
        const isShown = address !== undefined && isInside(address)
        pointedCell.value = isShown ? index?.slice(leading) : undefined
        preview.value = isShown ? { byte: address * bytes } : undefined
      }}
      onPin={(index) => {
        const address = addressOf(index)
        pointedCell.value = undefined
        if (isInside(address)) pin({ byte: address * bytes }, undefined, index.slice(leading))
      }}
      small
    />
  )
}

/** The same write in a copy that was made before it. */
function Copy({ view: { spec, fault }, addresses }: CountedView): JSX.Element | null {
  const written = useComputed(
    () => wrote.value && cellOn(wrote.value.element, spec, addresses, selectedCell.value),
  )
  // No product is highlighted. The mark only brings the plane of the cell into view.
  const marks = useComputed(
    (): Marks => (written.value ? emptyMark(placeOf(written.value, spec.shape)) : noMarks),
  )
  const [writeRecord, cell] = [wrote.value, written.value]
  if (!writeRecord || !cell || fault !== undefined) return null
  const { array, leading } = withLeadingAxes(
    writeToCopy(viewModel.value.input, spec, writeRecord, cell).data,
    spec,
  )
  return (
    <Tensor
      name="copy"
      label={messages().theCopy}
      part="matrix"
      array={array}
      shape={spec.shape}
      marks={marks}
      planeName={(lead) => `[${lead.slice(leading).join(', ')}]`}
      kind={(index) =>
        placeOf(index.slice(leading), spec.shape) === placeOf(cell, spec.shape)
          ? 'written'
          : 'value'
      }
      small
    />
  )
}

/** The focused element by its index in the view, and the write of −99 through it. */
function Focused({ view: { spec, fault, touches }, addresses }: CountedView): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const memory = viewModel.value.input
  const bytes = memory.data.BYTES_PER_ELEMENT
  const { focus, marks } = highlighted.value
  const element =
    focus && 'byte' in focus
      ? Math.floor(focus.byte / bytes)
      : marks('element').places.find((address) => touches.has(address))
  const cell =
    element === undefined
      ? undefined
      : cellOn(element, spec, addresses, pointedCell.value ?? selectedCell.value)
  const scale = scaleOf()
  const write = (): void => {
    if (!cell || fault !== undefined) return
    const { values, wrote: writeRecord } = writeThrough(
      valuesOf(input.value, viewModel.value.shapes.input, inputRange),
      spec,
      cell,
    )
    change({ input: { values }, wrote: writeRecord, cell })
  }
  return (
    <>
      <Follows lines={3} label={w.addressTitle}>
        {cell === undefined || element === undefined ? (
          <p class="note">{w.notInView}</p>
        ) : (
          <p class="formula" data-index={cell.join()} data-address={element * scale}>
            [{cell.join(', ')}] → {signed(spec.offset * scale)}
            {cell.map((i, axis) => ` + ${term(i, spec.strides[axis]!)}`).join('')} ={' '}
            <strong>{element * scale}</strong>
            {(touches.get(element) ?? 0) > 1 && ` · ${w.sameAddress(touches.get(element)! - 1)}`}
          </p>
        )}
      </Follows>
      <div class="row">
        <button type="button" data-write disabled={!cell || fault !== undefined} onClick={write}>
          {w.writeThrough(exactText(writtenValue))}
        </button>
        <Undo />
      </div>
      <Written addresses={addresses} />
      <p class="note">{w.writeNote}</p>
    </>
  )
}

function Undo(): JSX.Element | null {
  const writeRecord = wrote.value
  if (!writeRecord) return null
  return (
    <button
      type="button"
      data-undo
      onClick={() =>
        change({
          input: { values: undoWrite(viewModel.value.input.data, writeRecord) },
          wrote: undefined,
        })
      }
    >
      {messages().undoWrite(exactText(writeRecord.before))}
    </button>
  )
}

function Written({ addresses }: Pick<CountedView, 'addresses'>): JSX.Element {
  const writeRecord = wrote.value
  const changed = writeRecord
    ? addresses.filter((address) => address === writeRecord.element).length
    : 0
  const sample = writeRecord && indexAt(writeRecord.element, viewModel.value.shapes.input)
  return (
    <p class="note" role="status" {...(writeRecord && { 'data-written': changed })}>
      {writeRecord &&
        messages().wrote(
          writeRecord.element,
          exactText(writeRecord.before),
          changed,
          sample?.join(', ') ?? '',
        )}
    </p>
  )
}
