/** A slider with its name and its value as text. It may put the thumb back where it was. */

import type { JSX } from 'preact'

interface RangeSliderProps {
  readonly name: string
  readonly label: string
  readonly low: number
  readonly high: number
  readonly value: number
  readonly text: string
  /** The number that is taken instead of the chosen one. */
  readonly onChoose: (asked: number) => number
}

export function RangeSlider(props: RangeSliderProps): JSX.Element {
  const { name, label, low, high, value, text, onChoose } = props
  return (
    <label class="layer-slider" data-slider={name}>
      <span>
        {label} <b>{text}</b>
      </span>
      <input
        type="range"
        min={low}
        max={high}
        value={value}
        aria-valuetext={text}
        style={{ '--filled': `${((value - low) / (high - low)) * 100}%` }}
        onInput={(event) => {
          const slider = event.currentTarget
          slider.value = String(onChoose(slider.valueAsNumber))
        }}
      />
    </label>
  )
}
