/** The example or the reader's own numbers, the points of the transforms, how bins are drawn. */

import type { JSX } from 'preact'
import { NumbersField } from '../pages/numbers-field.tsx'
import { Press } from '../pages/press.tsx'
import { RangeSlider } from '../stack/range-slider.tsx'
import { model, settings, steps } from './fft.ts'
import { missingPlaces } from './fft-model.ts'
import { texts } from './messages/index.ts'
import {
  areAllowed,
  exampleNames,
  type FftSettings,
  fullLength,
  mostNumbers,
  pointRange,
  signalsOf,
} from './settings.ts'

/** Other numbers, or another number of points, keep what is computed or not. */
export function changeArrays(parts: Partial<FftSettings>): void {
  const { player, position, last, changeSettings } = steps
  player.pause()
  const isDone = position.peek() === last.peek()
  changeSettings({ cell: undefined, step: isDone ? undefined : 0, ...parts })
}

export function Controls(): JSX.Element {
  const text = texts()
  const { own, example, isPolar } = settings.value
  return (
    <div class="figure-controls">
      <section aria-labelledby="example-title">
        <h2 id="example-title">{text.example}</h2>
        <div class="groups">
          {exampleNames.map((name) => (
            <Press
              key={name}
              name={text.exampleNames[name]}
              isOn={own === undefined && name === example}
              press={() => changeArrays({ example: name, own: undefined, points: undefined })}
            />
          ))}
        </div>
        {(['x', 'k'] as const).map((name) => {
          const signals = signalsOf(settings.value)
          return (
            <NumbersField
              key={name}
              id={`numbers-${name}`}
              label={text.given[name]}
              values={signals[name]}
              columns={mostNumbers}
              allows={areAllowed}
              needed={text.needed(mostNumbers)}
              onChange={(values) =>
                changeArrays({ own: { ...signals, [name]: values }, points: undefined })
              }
            />
          )
        })}
      </section>
      <Points />
      <section aria-labelledby="bins-title">
        <h2 id="bins-title">{text.bins}</h2>
        <div class="groups">
          {[false, true].map((polar) => (
            <Press
              key={String(polar)}
              name={polar ? text.polar : text.parts}
              isOn={polar === isPolar}
              press={() => steps.changeSettings({ isPolar: polar })}
            />
          ))}
        </div>
        <p class="note">{isPolar ? text.polarNote : text.partsNote}</p>
        <p class="note">{text.keys}</p>
      </section>
    </div>
  )
}

function Points(): JSX.Element {
  const text = texts()
  const { points, signals } = model.value
  const [low, high] = pointRange(signals)
  const full = fullLength(signals)
  const missing = missingPlaces(model.value)
  return (
    <section aria-labelledby="points-title">
      <h2 id="points-title">{text.points}</h2>
      <RangeSlider
        name="points"
        label="N"
        low={low}
        high={high}
        value={points}
        text={String(points)}
        onChoose={(asked) => {
          changeArrays({ points: asked === full ? undefined : asked })
          return asked
        }}
      />
      <p class="note points-note" data-missing={missing}>
        {text.lengths(signals.x.length, signals.k.length, full)}{' '}
        {missing === 0 ? text.fits(points) : text.wraps(missing)}
      </p>
    </section>
  )
}
