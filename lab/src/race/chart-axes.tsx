/** The axes of the chart, and below them what `auto` takes at each size. */

import type { JSX } from 'preact'
import { type ChartLayout, choices, decades, place } from './chart-layout.ts'
import { classOf, Mark, methodOf } from './marks.tsx'
import { texts } from './messages/index.ts'
import { course, results, runners } from './race.ts'
import { textOf } from './units.ts'
import { measure } from './view.ts'

/** The narrowest distance between two labels of the axis. */
const labelPitch = 34

export function Axes({ at: { x, y } }: { readonly at: ChartLayout }): JSX.Element {
  const { sizes, family } = course.value
  const text = texts()
  let end = Number.NEGATIVE_INFINITY
  return (
    <g class="axes">
      {decades(y).map((value) => {
        const at = place(y, value)
        return (
          <g key={value}>
            <path class="grid" d={`M${x.from} ${at}H${x.to}`} />
            <text class="tick" x={x.from - 8} y={at + 4} text-anchor="end">
              {textOf[measure.value](value)}
            </text>
          </g>
        )
      })}
      <path class="axis" d={`M${x.from} ${y.from}H${x.to}`} />
      {sizes.map((n) => {
        const at = place(x, n)
        const isShown = at - end >= labelPitch
        if (isShown) end = at
        return (
          <g key={n}>
            <path class="axis" d={`M${at} ${y.from}v5`} />
            {isShown && (
              <text class="tick" x={at} y={y.from + 19} text-anchor="middle">
                {shortSize(n)}
              </text>
            )}
          </g>
        )
      })}
      <text class="axis-name" x={(x.from + x.to) / 2} y={y.from + 37} text-anchor="middle">
        {text.axis[family]}
      </text>
    </g>
  )
}

const shortSize = (n: number): string =>
  n >= 1e6 ? `${n / 1e6}M` : n >= 10_000 ? `${n / 1000}k` : String(n)

/** About the width of a letter of a name. */
const letter = 7

export function Choices({ at: { x, y } }: { readonly at: ChartLayout }): JSX.Element | null {
  const all = choices(results.value, x)
  const top = y.from + 57
  return (
    <g class="choices">
      <text class="tick" x={x.from - 8} y={top + 4} text-anchor="end">
        {texts().autoTakes}
      </text>
      {all.map(({ name, from, to }, i) => {
        const method = methodOf(name)
        const runner = runners.value.find((of) => of.method === method && of.article === undefined)!
        const end = all[i + 1]?.from ?? x.to + 40
        const hasRoom = end - from > letter * name.length + 24
        return (
          <g key={from} data-choice={name}>
            <path class={`choice ${classOf(runner)}`} d={`M${from} ${top}H${to}`} />
            <Mark runner={runner} x={from} y={top} />
            {hasRoom && (
              <text class="choice-name" x={from + 10} y={top + 4}>
                {name}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}
