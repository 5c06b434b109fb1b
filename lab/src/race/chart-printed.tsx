/** What the articles print, pale and dashed: other machines, other languages, other times. */

import type { JSX } from 'preact'
import { type ChartLayout, place } from './chart-layout.ts'
import { texts } from './messages/index.ts'
import { printedOf } from './printed.ts'
import { course } from './race.ts'

/** The figures of the article: points with their range, and a dashed line between them. */
export function Printed({ at: { x, y } }: { readonly at: ChartLayout }): JSX.Element {
  return (
    <g class="printed">
      {printedOf(course.value).map(({ name, times }) => {
        const marks = times.map(({ n, lowMs, highMs }) => ({
          at: place(x, n),
          middle: place(y, Math.sqrt(lowMs * highMs)),
          top: place(y, highMs),
          bottom: place(y, lowMs),
        }))
        return (
          <g key={name}>
            <path
              class="printed-line"
              d={marks.map(({ at, middle }, i) => `${i === 0 ? 'M' : 'L'}${at} ${middle}`).join('')}
            />
            {marks.map(({ at, top, bottom }) => (
              <path
                key={at}
                class="printed-mark"
                d={`M${at - 5} ${top}h10M${at - 5} ${bottom}h10M${at} ${top}V${bottom}`}
              />
            ))}
          </g>
        )
      })}
    </g>
  )
}

/** Over the curves, so that they can be read. */
export function PrintedNames({ at: { x, y } }: { readonly at: ChartLayout }): JSX.Element {
  const text = texts()
  return (
    <g class="printed">
      {printedOf(course.value).map(({ name, times }) => {
        const { n, lowMs, highMs } = times.at(-1)!
        const at = place(x, n)
        const isAtEnd = at > (x.from + x.to) / 2
        return (
          <text
            key={name}
            class="printed-name"
            x={at + (isAtEnd ? -10 : 10)}
            y={place(y, Math.sqrt(lowMs * highMs)) + 4}
            text-anchor={isAtEnd ? 'end' : 'start'}
          >
            {text.printed(name)}
          </text>
        )
      })}
    </g>
  )
}
