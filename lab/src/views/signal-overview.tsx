/**
 * The whole of a long signal in one strip, with the part that is drawn below. A click moves there,
 * and so does the slider of the place.
 */

import { computed } from '@preact/signals'
import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { placeOf } from '../model/numbers.ts'
import {
  allPlaces,
  leftMargin,
  outputAt,
  plot,
  rangeOf,
  rightMargin,
  shownRow,
  width,
  yOf,
} from '../model/plot.ts'
import { viewModel } from '../model/shared.ts'
import { goToOutput } from '../model/steps.ts'

const stripHeight = 36
/** Space above the strip for its length, in pixels. */
const nameHeight = 18

/** The area between the smallest and the largest sample of each pixel. */
const area = computed(() => {
  const { padded, geometry: g } = viewModel.value
  const extent = padded.array.shape[2]!
  const [item, group] = [
    Math.floor(shownRow.value / g.filters),
    Math.floor(((shownRow.value % g.filters) * g.groups) / g.filters),
  ]
  const start = (item * g.channels + (group * g.channels) / g.groups) * extent
  const values = new Float64Array(padded.array.data.subarray(start, start + extent))
  const scale = { ...rangeOf(values), top: 0, height: stripHeight }
  const columns = Math.min(width.value, allPlaces.value.count)
  const edges = Array.from({ length: columns }, (_, i) => {
    const samples = values.subarray(
      Math.floor((i * allPlaces.value.count) / columns),
      Math.ceil(((i + 1) * allPlaces.value.count) / columns),
    )
    const [low, high] = [Math.min(...samples), Math.max(...samples)]
    return { x: ((i + 0.5) * width.value) / columns, low: yOf(scale, low), high: yOf(scale, high) }
  }).filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high))
  const to = edges.map(
    ({ x, high }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${(high - 0.5).toFixed(1)}`,
  )
  const back = edges.toReversed().map(({ x, low }) => `L${x.toFixed(1)} ${(low + 0.5).toFixed(1)}`)
  return `${to.join('')}${back.join('')}Z`
})

export function SignalOverview(): JSX.Element | null {
  const { first, count } = plot.value
  const all = allPlaces.value
  if (count === all.count) return null
  const per = width.value / all.count
  return (
    <svg
      class="signal-plot overview"
      viewBox={[
        -leftMargin,
        -nameHeight,
        width.value + leftMargin + rightMargin,
        nameHeight + stripHeight + 2,
      ].join(' ')}
      aria-hidden="true"
      onClick={(event) => {
        const { left, width: shown } = event.currentTarget.getBoundingClientRect()
        const x =
          ((event.clientX - left) / shown) * (width.value + leftMargin + rightMargin) - leftMargin
        goToOutput(placeOf(outputAt(x / per + all.first), viewModel.value.shapes.output))
      }}
    >
      <text class="panel-name" x={0} y={-5}>
        {messages().samples(viewModel.value.shapes.input[2]!)}
      </text>
      <rect class="ground" x={0} y={0} width={width.value} height={stripHeight} />
      <path class="envelope" d={area.value} />
      <rect
        class="drawn-part"
        data-first={first}
        x={(first - all.first) * per}
        y={0}
        width={count * per}
        height={stripHeight}
      />
    </svg>
  )
}
