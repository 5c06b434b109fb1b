/**
 * One slider of the drawer. It stops where the window no longer fits, and gives the reason.
 */

import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { type AxisGeometry, type ConvGeometry, parseCase } from 'stridefold/sync'
import { part } from '../state/store.ts'
import {
  type AxisEdit,
  axisOf,
  changeSizes,
  type Direction,
  type Edit,
  type Refusal,
  refusal,
} from './change-sizes.ts'
import { drawerText } from './drawer-text.ts'
import { pause } from './player.ts'

/** The axes that a slider changes. */
export type Target = 'both' | Direction

interface Kind {
  readonly low: number
  readonly high: number
  readonly read: (axis: AxisGeometry) => number
  readonly text: (axis: AxisGeometry) => string
  readonly write: (value: number) => AxisEdit
}

export const sliderNames = ['kernel', 'stride', 'padding', 'dilation'] as const
export type SliderName = (typeof sliderNames)[number]

const kinds: Readonly<Record<SliderName, Kind>> = {
  kernel: {
    low: 1,
    high: 7,
    read: ({ kernel }) => kernel,
    text: ({ kernel }) => String(kernel),
    write: (kernel) => ({ kernel }),
  },
  stride: {
    low: 1,
    high: 4,
    read: ({ stride }) => stride,
    text: ({ stride }) => String(stride),
    write: (stride) => ({ stride }),
  },
  padding: {
    low: 0,
    high: 4,
    read: ({ before, after }) => Math.max(before, after),
    text: ({ before, after }) => (before === after ? String(before) : `${before}:${after}`),
    write: (padding) => ({ before: padding, after: padding }),
  },
  dilation: {
    low: 1,
    high: 3,
    read: ({ dilation }) => dilation,
    text: ({ dilation }) => String(dilation),
    write: (dilation) => ({ dilation }),
  },
}

const problem = part('problem')

/** A kernel has both its extents, and any other number is told once if both axes have it. */
function textOf(g: ConvGeometry, name: SliderName): string {
  const texts = (['x', 'y'] as const).flatMap((direction) => {
    const axis = axisOf(g, direction)
    return axis ? [kinds[name].text(axis)] : []
  })
  return (name === 'kernel' ? texts : [...new Set(texts)]).join('×')
}

export function SizeSlider({
  name,
  target,
  refused,
}: {
  readonly name: SliderName
  readonly target: Target
  /** Why the last movement was not followed. */
  readonly refused: Signal<string | undefined>
}): JSX.Element {
  const w = drawerText()
  const { read, write, low, high } = kinds[name]
  const g = parseCase(problem.value)
  const directions: readonly Direction[] = target === 'both' ? ['x', 'y'] : [target]
  const value = Math.max(
    ...directions.map((direction) => {
      const axis = axisOf(g, direction)
      return axis ? read(axis) : low
    }),
  )
  const edit =
    (to: number): Edit =>
    (_, direction) =>
      directions.includes(direction) ? write(to) : {}
  // A link may have a larger number than the slider offers.
  const most = Math.max(high, value)
  const share = (of: number): string => `${((of - low) / (most - low)) * 100}%`
  const first = lastAllowed(value, low, edit)
  const last = lastAllowed(value, most, edit)
  const choose = (slider: HTMLInputElement): void => {
    const asked = Number(slider.value)
    const to = Math.max(first.value, Math.min(last.value, asked))
    const reason = asked > to ? last.reason : asked < to ? first.reason : undefined
    slider.value = String(to)
    pause()
    if (to !== value) changeSizes(edit(to))
    refused.value = reason && w.refused[reason](`${w.sliders[name]} ${asked}`)
  }
  return (
    <label class="size-slider" data-slider={name}>
      <span>
        {w.sliders[name]} <b>{textOf(g, name)}</b>
      </span>
      <input
        type="range"
        min={low}
        max={most}
        value={value}
        aria-valuetext={textOf(g, name)}
        style={{
          '--fill': share(value),
          '--from': share(first.value),
          '--reach': share(last.value),
        }}
        onInput={(event) => choose(event.currentTarget)}
      />
    </label>
  )
}

/** The last number from `value` towards `end` that is not refused, and why the next one is. */
function lastAllowed(
  value: number,
  end: number,
  edit: (to: number) => Edit,
): { readonly value: number; readonly reason: Refusal | undefined } {
  const step = Math.sign(end - value)
  for (let at = value; at !== end; at += step) {
    const reason = refusal(edit(at + step))
    if (reason !== undefined) return { value: at, reason }
  }
  return { value: end, reason: undefined }
}
