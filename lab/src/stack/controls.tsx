/** Play and its slider; what can be changed about the layer; and how the planes stand. */

import type { JSX } from 'preact'
import { Transport } from '../pages/transport.tsx'
import { texts } from './messages/index.ts'
import { pause, player } from './player.ts'
import { RangeSlider } from './range-slider.tsx'
import { flatCamera, limits, usualCamera } from './settings.ts'
import {
  camera,
  changeLayer,
  edited,
  type LayerEdit,
  model,
  openInWorkspace,
  place,
  position,
  turnTo,
} from './stack.ts'

export function PlaceTransport(): JSX.Element {
  const text = texts()
  const { output } = model.value
  const { filter, row, column } = place.value
  return (
    <Transport
      player={player}
      position={position.value}
      last={output.count * output.rows * output.columns - 1}
      text={text}
      shown={text.placeName(filter, row, column)}
    />
  )
}

const sliders = [
  { name: 'channels', low: 1, high: 4 },
  { name: 'filters', low: 1, high: 4 },
  { name: 'kernel', low: 1, high: 4 },
  { name: 'stride', low: 1, high: 3 },
  { name: 'padding', low: 0, high: 2 },
] as const
type SliderName = (typeof sliders)[number]['name']

export function LayerControls(): JSX.Element {
  const text = texts()
  return (
    <section aria-labelledby="layer-title">
      <h2 id="layer-title">{text.layer}</h2>
      {sliders.map((slider) => (
        <LayerSlider key={slider.name} {...slider} />
      ))}
      <Groups />
    </section>
  )
}

interface LayerSliderProps {
  readonly name: SliderName
  readonly low: number
  readonly high: number
}

/** A slider goes on to the next number that the page can show. */
function LayerSlider({ name, low, high }: LayerSliderProps): JSX.Element {
  const text = texts()
  const g = model.value.geometry
  const { value, shown } = valueAndText(name)
  const most = Math.max(high, value)
  const choose = (asked: number): number => {
    let to = asked
    const toward = Math.sign(value - asked)
    while (to !== value && edited(g, { [name]: to }) === undefined) to += toward
    pause()
    if (to !== value) changeLayer({ [name]: to })
    return to
  }
  return (
    <RangeSlider
      name={name}
      label={text.sliders[name]}
      low={low}
      high={most}
      value={value}
      text={shown}
      onChoose={choose}
    />
  )
}

function valueAndText(name: SliderName): { readonly value: number; readonly shown: string } {
  const g = model.value.geometry
  if (name === 'channels' || name === 'filters') return { value: g[name], shown: String(g[name]) }
  const numbers = g.axes.map((axis) =>
    name === 'padding' ? Math.max(axis.before, axis.after) : axis[name],
  )
  const sides = g.axes.map(({ before, after }) =>
    before === after ? `${before}` : `${before}:${after}`,
  )
  const words = name === 'padding' ? sides : numbers.map(String)
  const isOne = name !== 'kernel' && words[0] === words[1]
  return { value: Math.max(...numbers), shown: isOne ? words[0]! : words.join('×') }
}

/** Which channels a filter reads: all, its half, or a single one. */
function Groups(): JSX.Element {
  const text = texts()
  const g = model.value.geometry
  const choices: readonly (readonly [name: string, edit: LayerEdit, isOn: boolean])[] = [
    [text.dense, { groups: 1 }, g.groups === 1],
    [
      text.twoGroups,
      g.channels === 4 && g.filters % 2 === 0
        ? { groups: 2 }
        : { channels: 4, filters: 2, groups: 2 },
      g.groups === 2 && g.channels !== 2,
    ],
    [
      text.depthwise,
      {
        groups: g.channels,
        filters: g.filters % g.channels === 0 ? g.filters : g.channels,
      },
      g.groups > 1 && g.groups === g.channels,
    ],
  ]
  return (
    <div class="groups" role="group" aria-labelledby="groups-title">
      <p id="groups-title">{text.groups}</p>
      {choices.map(([name, edit, isOn]) => (
        <button
          key={name}
          type="button"
          class="quiet small"
          aria-pressed={isOn}
          disabled={!isOn && edited(g, edit) === undefined}
          onClick={() => {
            pause()
            changeLayer(edit)
          }}
        >
          {name}
        </button>
      ))}
      <p class="note groups-note">{text.groupsNote(g.groups, g.channels)}</p>
    </div>
  )
}

export function CameraControls(): JSX.Element {
  const text = texts()
  const { turn, tilt } = camera.value
  const isFlat = turn === flatCamera.turn && tilt === flatCamera.tilt
  return (
    <section aria-labelledby="camera-title">
      <h2 id="camera-title">{text.camera}</h2>
      <RangeSlider
        name="turn"
        label={text.turn}
        low={0}
        high={limits.turn}
        value={turn}
        text={`${turn}°`}
        onChoose={(asked) => {
          turnTo(asked, tilt)
          return asked
        }}
      />
      <div class="groups">
        <button
          type="button"
          class="quiet small"
          aria-pressed={isFlat}
          onClick={() => turnTo(flatCamera.turn, flatCamera.tilt)}
        >
          {text.flat}
        </button>
        <button
          type="button"
          class="quiet small"
          aria-pressed={turn === usualCamera.turn && tilt === usualCamera.tilt}
          onClick={() => turnTo(usualCamera.turn, usualCamera.tilt)}
        >
          {text.stacked}
        </button>
      </div>
      <p class="note" id="scene-keys">
        {text.keys}
      </p>
    </section>
  )
}

export function Legend(): JSX.Element {
  const text = texts()
  return (
    <section aria-labelledby="legend-title">
      <h2 id="legend-title">{text.legendTitle}</h2>
      <ul class="legend">
        {(['input', 'weights', 'output'] as const).map((name) => (
          <li key={name}>
            <i class={`key of-${name}`} aria-hidden="true">
              0
            </i>
            {text.legend[name]}
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="quiet small"
        onClick={() => {
          pause()
          openInWorkspace()
        }}
      >
        {text.workspace}
      </button>
    </section>
  )
}
