/** The line below the chart that reads one point, in a box of fixed height. */

import type { JSX } from 'preact'
import { nameOf, texts } from './messages/index.ts'
import { course, results } from './race.ts'
import { pointsOf } from './results.ts'
import { bytesText, timesText, timeText } from './units.ts'
import { measure, type Selection, selection } from './view.ts'

/** The reading of a point as a sentence; undefined without one. */
export function readingOf(at: Selection | undefined): string | undefined {
  const text = texts()
  const point = at && pointsOf(results.value, at.name).find(({ n }) => n === at.n)
  if (!point) return undefined
  const size = text.sizeOf(course.value.family, point.n)
  const { median, low, high, bytes, samples } = point
  return measure.value === 'time'
    ? `${text.read(nameOf(at.name), size, timeText(median))} ` +
        `(${text.readTime(timesText(low, high), samples.length)})`
    : `${text.read(nameOf(at.name), size, bytesText(bytes))} (${text.readMemory})`
}

export function ChartReadout(): JSX.Element {
  const text = texts()
  const reading = readingOf(selection.value)
  return (
    <figcaption class="race-readout">
      {reading ?? (results.value.length > 0 ? text.readHint : '')}
    </figcaption>
  )
}
