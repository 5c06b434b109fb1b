/**
 * Memory and strides: the addresses of the input, and a view of them by shape, strides and offset.
 * Shows which addresses the view touches, the proof that it stays inside, and the effect of a
 * write.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { highlightOf } from '../model/highlight.ts'
import { indexAt } from '../model/numbers.ts'
import { viewModel } from '../model/shared.ts'
import { inputView, layOut, type ViewLayout } from '../model/strided-view.ts'
import { part } from '../state/store.ts'
import { Follows } from './follows.tsx'
import { Legend } from './legend.tsx'
import { MatrixGrid } from './matrix-grid.tsx'
import { StridedView } from './strided-view.tsx'
import { BoundsProof, StridesEditor } from './strides-editor.tsx'
import { ViewCode } from './view-code.tsx'
import { scaleOf } from './view-terms.ts'

const lineBytes = 64
const maxNamedOutputs = 6
const view = part('view')

export function Memory(): JSX.Element {
  const layout = useComputed(() =>
    layOut(viewModel.value.input, view.value ?? inputView(viewModel.value)),
  ).value
  return (
    <>
      <Tape view={layout} />
      <Follows lines={4} label={messages().readsTitle}>
        <Reads />
      </Follows>
      <StridesEditor view={layout} />
      <BoundsProof view={layout} />
      <ViewCode view={layout} />
      <StridedView view={layout} />
      <Legend more={['skipped', 'repeated', 'written']} />
    </>
  )
}

/**
 * One row for each cache line. Elements outside the view are pale; elements that occur several
 * times are underlined.
 */
function Tape({ view: { touches, addresses } }: { readonly view: ViewLayout }): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const { input } = viewModel.value
  const marks = useComputed(() => highlighted.value.marks('element'))
  const bytes = input.data.BYTES_PER_ELEMENT
  const across = lineBytes / bytes
  const elementAt = (row: number, column: number): number | undefined => {
    const element = row * across + column
    return element < input.data.length ? element : undefined
  }
  const cellsOn = (row: number, column: number): number =>
    touches.get(elementAt(row, column) ?? -1) ?? 0
  const counts = [...touches]
    .filter(([address]) => address >= 0 && address < input.data.length)
    .map(([, count]) => count)
  const repeated = counts.filter((count) => count > 1)
  const once = counts.length - repeated.length
  const skipped = input.data.length - counts.length
  return (
    <>
      <p class="note" data-extent>
        {w.memoryExtent(
          input.data.length,
          input.dtype,
          bytes,
          Math.ceil((input.data.length * bytes) / lineBytes),
        )}
      </p>
      <MatrixGrid
        name="memory"
        label={w.matrixName.memory}
        part="memory"
        marks={marks}
        shape={[Math.ceil(input.data.length / across), across]}
        value={(row, column) => input.data[elementAt(row, column) ?? -1]}
        focus={(row, column) => {
          const element = elementAt(row, column)
          return element === undefined ? undefined : { byte: element * bytes }
        }}
        kind={(row, column) =>
          elementAt(row, column) === undefined
            ? 'value'
            : cellsOn(row, column) === 0
              ? 'skipped'
              : cellsOn(row, column) > 1
                ? 'repeated'
                : 'value'
        }
        more={(row, column) =>
          elementAt(row, column) === undefined ? '' : w.touched(cellsOn(row, column))
        }
        rowHead={(row) => String(row * across * scaleOf())}
        columnHead={(column) => String(column * scaleOf())}
      />
      {addresses && (
        <p class="note" data-touches={[once, repeated.length, skipped].join()}>
          {w.touches(once, repeated.length, Math.max(0, ...repeated), skipped)}
        </p>
      )}
    </>
  )
}

/** The cache lines of these elements, ascending. */
function linesOf(elements: Float64Array, bytes: number, count: number): readonly number[] {
  const isTouched = new Uint8Array(Math.ceil((count * bytes) / lineBytes))
  for (const element of elements) isTouched[Math.floor((element * bytes) / lineBytes)] = 1
  const lines: number[] = []
  for (let line = isTouched.indexOf(1); line >= 0; line = isTouched.indexOf(1, line + 1))
    lines.push(line)
  return lines
}

/** The outputs that read the focused element, and the cache lines that the focus touches. */
function Reads(): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const { input, shapes } = viewModel.value
  const bytes = input.data.BYTES_PER_ELEMENT
  const { marks, focus } = highlighted.value
  if (!focus) return <p class="note">{w.pointAtByte}</p>
  const { places, taps } = marks('element')
  const elements = places.filter((_, i) => taps[i]! >= 0)
  const lines = linesOf(elements, bytes, input.data.length)
  const [only] =
    'byte' in focus ? [Math.floor(focus.byte / bytes)] : elements.length === 1 ? elements : []
  const all = Math.ceil((input.data.length * bytes) / lineBytes)
  if (only === undefined || only >= input.data.length) {
    return (
      <p class="note" data-lines={lines.join()}>
        {w.linesTouched(lines.length, all, lines.slice(0, 12).join(', '))}
      </p>
    )
  }
  const sample = indexAt(only, shapes.input)
  const reads = highlightOf(viewModel.value, { input: sample })
  const readers = reads.marks('output').places
  const named = Array.from(
    readers.subarray(0, maxNamedOutputs),
    (place) => `[${indexAt(place, shapes.output).join(', ')}]`,
  )
  return (
    <p class="note" data-reads={reads.count}>
      {w.sentences([
        w.elementAt(
          only,
          sample.join(', '),
          only * bytes,
          Math.floor((only * bytes) / lineBytes),
          (only * bytes) % lineBytes,
        ),
        'byte' in focus && focus.byte % bytes > 0
          ? w.byteWithin(focus.byte, focus.byte % bytes, bytes)
          : '',
        readers.length === 0 ? w.readByNone : w.readBy(reads.count, named, readers.length),
      ])}
    </p>
  )
}
