/**
 * Memory: the input as one line of addresses. The window is a few short runs in it, and the jump
 * from run to run is always the same. Below the line are all places of the region: the same
 * pattern, moved by the stride. Then shape and strides of all windows as a view, and the address of
 * one sample with the numbers of this place.
 */

import './memory.css'
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { parseCase } from 'stridefold/sync'
import { exactText } from '../../model/number-text.ts'
import { part } from '../../state/store.ts'
import { dockBox } from '../layout.ts'
import { products, region, stageModel } from '../stage.ts'
import { inLanguage, language } from './language.ts'
import { cacheLines, elementAt, lineBytes, tapeFor } from './memory-layout.ts'
import { MemoryNumbers } from './memory-numbers.tsx'
import { MemoryPlaces } from './memory-places.tsx'
import { placesHeight } from './memory-places-drawing.ts'
import { MemoryTape } from './memory-tape.tsx'
import { arcHeight, numbersOf } from './memory-tape-draw.ts'
import { memoryText } from './memory-text.ts'

const problem = part('problem')

/** The names of rows at the left of the line. Half of a number reaches into their column. */
const namesWidth = 46
/** Longer numbers are not drawn in cells. */
const maxDigits = 5
const digitPixels = 7.1
const checkedNumbers = 4096
/** Heights of the drawing of all places, and of the parts beside it, in CSS pixels. */
const [leastPlaces, mostPlaces, phonePlaces] = [40, 220, 108]
const fixedHeight = 208

export default function MemoryDock(): JSX.Element {
  const bytes = useComputed(() => (parseCase(problem.value).dtype === 'float64' ? 8 : 4)).value
  const box = dockBox.value
  const model = stageModel.value
  const longest = String(model.input.data.length * bytes).length
  const half = Math.ceil((longest * digitPixels) / 2)
  // A phone has no room for names beside the line: the legend has them.
  const names = (box.isPhone ? 0 : namesWidth) + half
  const full = Math.floor(box.width)
  const width = full - names
  const extent = useComputed(() => region.value.input.width).value
  const count = useComputed(() => region.value.output.width * region.value.output.height).value
  const tape = useMemo(
    () => tapeFor(model, extent, width, digitWidthOf(model.input.data)),
    [model, extent, width],
  )
  const { isBetween } = numbersOf(model, tape, bytes)
  const arcs = model.kernel.height > 1 && !isBetween ? arcHeight : 0
  // What the other parts leave of the box.
  const left = box.isPhone ? phonePlaces : Math.floor(box.height) - fixedHeight - arcs
  const height = Math.min(left, mostPlaces, placesHeight(count))
  return (
    <figure class="memory-dock">
      <MemoryTape
        key={`${tape.runs},${tape.places}`}
        model={model}
        tape={tape}
        bytes={bytes}
        names={names}
        hasNames={!box.isPhone}
      />
      {height >= leastPlaces && (
        <MemoryPlaces
          tape={tape}
          bytes={bytes}
          names={namesWidth + half}
          width={full}
          height={height}
        />
      )}
      <MemoryNumbers bytes={bytes} isPhone={box.isPhone} />
      <Caption bytes={bytes} />
    </figure>
  )
}

/** The pitch that the digits of all samples need; undefined if some sample is too long. */
function digitWidthOf(data: ArrayLike<number>): number | undefined {
  let longest = 1
  for (let i = 0; i < Math.min(data.length, checkedNumbers); i++)
    longest = Math.max(longest, exactText(data[i]!).length)
  return longest > maxDigits ? undefined : Math.ceil(longest * digitPixels) + 4
}

function Caption({ bytes }: { readonly bytes: number }): JSX.Element {
  const w = inLanguage(memoryText)
  const text = useComputed(() => {
    const model = stageModel.value
    const { kernel, dilation, input, taps } = model
    const elements = products.value.flatMap(({ x, y }) => elementAt(model, x, y) ?? [])
    const all = Math.ceil((input.data.length * bytes) / lineBytes)
    const parts = [
      kernel.height > 1
        ? w.runs(kernel.height, kernel.width, dilation.y * input.width)
        : w.oneRun(kernel.width, model.stride.x),
      elements.length < taps
        ? w.padding(taps - elements.length, taps)
        : all === 1
          ? w.oneLine
          : w.touches(cacheLines(elements, bytes).length, all),
    ]
    return parts.join(language.value === 'zh' ? '' : ' ')
  })
  return (
    <figcaption class="caption">
      <b>{w.title}</b> {text}
    </figcaption>
  )
}
