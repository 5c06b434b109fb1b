/**
 * The page “Adding up”: a layer from the side of its input. Every sample sends the kernel, times
 * its number, into the output, and what arrives is added. A transposed layer does this too.
 */

import '../stack/figure-page.css'
import './adding.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { formatCase } from 'stridefold/sync'
import { PageFrame } from '../pages/page-frame.tsx'
import { RangeSlider } from '../stack/range-slider.tsx'
import { change } from '../state/store.ts'
import {
  allowed,
  cell,
  changeSettings,
  faults,
  followAdding,
  model,
  sample,
  sentCount,
  settings,
} from './adding.ts'
import type { Plane } from './adding-model.ts'
import { Figure, Telling } from './figure.tsx'
import { texts } from './messages/index.ts'
import { isPlaying, last, moveTo, pause, play } from './player.ts'
import { ranges } from './settings.ts'

export function AddingPage(): JSX.Element {
  useEffect(followAdding, [])
  useEffect(() => pause, [])
  const text = texts()
  return (
    <PageFrame
      kind="figure-page adding-page"
      title={text.title}
      headline={text.headline}
      skip={{ text: text.skip, to: 'adding-input' }}
      back={{ text: text.toLens, go: () => change({ page: undefined }) }}
    >
      {faults.value.length > 0 && (
        <p class="adding-faults" role="status">
          {text.fault} <code>{faults.value.join('; ')}</code>
        </p>
      )}
      <div class="adding-columns">
        <div>
          <Figure />
          <Transport />
          <Telling />
        </div>
        <Controls />
      </div>
    </PageFrame>
  )
}

function Transport(): JSX.Element {
  const text = texts()
  const count = sentCount.value
  const all = last()
  return (
    <div class="transport">
      <button
        type="button"
        id="play"
        class="primary"
        onClick={() => (isPlaying.value ? pause() : play())}
      >
        {isPlaying.value ? text.pause : text.play}
      </button>
      <button type="button" class="quiet" aria-label={text.back} onClick={() => moveTo(count - 1)}>
        ‹
      </button>
      <button type="button" class="quiet" aria-label={text.on} onClick={() => moveTo(count + 1)}>
        ›
      </button>
      <input
        type="range"
        min={0}
        max={all}
        value={count}
        aria-label={text.scrub}
        aria-valuetext={text.progress(count, all)}
        style={{ '--filled': `${(count / all) * 100}%` }}
        onInput={(event) => moveTo(event.currentTarget.valueAsNumber)}
      />
      <span class="place">{text.progress(count, all)}</span>
    </div>
  )
}

function Controls(): JSX.Element {
  const text = texts()
  const now = settings.value
  return (
    <div class="adding-controls">
      <section aria-labelledby="kind-title">
        <h2 id="kind-title">{text.kind}</h2>
        <div class="groups">
          {[false, true].map((isTransposed) => (
            <Press
              key={String(isTransposed)}
              name={isTransposed ? text.transposed : text.layer}
              isOn={now.isTransposed === isTransposed}
              press={() =>
                changeSettings({
                  isTransposed,
                  cell: undefined,
                  // The usual example of each: a border for a layer, steps for a transposed one.
                  ...(isTransposed ? { stride: 2, padding: 0 } : { stride: 1, padding: 1 }),
                  ...(now.kernel < 2 && { kernel: 3 }),
                })
              }
            />
          ))}
        </div>
        {(['kernel', 'stride', 'padding'] as const).map((name) => (
          <RangeSlider
            key={name}
            name={name}
            label={text.sliders[name]}
            low={ranges[name][0]}
            high={ranges[name][1]}
            value={now[name]}
            text={name === 'kernel' ? `${now.kernel}×${now.kernel}` : String(now[name])}
            onChoose={(asked) => {
              pause()
              const to = allowed(name, asked)
              changeSettings({ [name]: to, cell: undefined })
              return to
            }}
          />
        ))}
        <p class="note sizes">
          {text.sizes(
            model.value.geometry.axes.map(({ input }) => input).join('×'),
            model.value.geometry.axes.map(({ output }) => output).join('×'),
          )}
        </p>
      </section>
      <section aria-labelledby="look-title">
        <h2 id="look-title">{text.look}</h2>
        <div class="groups">
          <Press
            name={text.showCounts}
            isOn={now.hasCounts}
            press={() => changeSettings({ hasCounts: !now.hasCounts })}
          />
          <Press
            name={text.bySample}
            isOn={false}
            isOff={cell.value === undefined}
            press={() => changeSettings({ cell: undefined })}
          />
        </div>
        <p class="note">{text.keys}</p>
      </section>
      <Press name={text.byWindow} isOn={undefined} press={openWindow} />
    </div>
  )
}

interface PressProps {
  readonly name: string
  /** Undefined: a button that is not a switch. */
  readonly isOn: boolean | undefined
  readonly isOff?: boolean
  readonly press: () => void
}

const Press = ({ name, isOn, isOff = false, press }: PressProps): JSX.Element => (
  <button
    type="button"
    class="quiet small"
    {...(isOn !== undefined && { 'aria-pressed': isOn })}
    disabled={isOff}
    onClick={() => {
      pause()
      press()
    }}
  >
    {name}
  </button>
)

/** The middle one of the outputs that a sample reaches; the first output if it reaches none. */
function middleOf({ data }: Plane): number {
  const reached = Array.from(data, (reaches, i) => (reaches ? i : -1)).filter((i) => i >= 0)
  return reached[Math.floor(reached.length / 2)] ?? 0
}

/** The same problem from the side of its output: with a window that slides. */
function openWindow(): void {
  const { geometry: g, input, kernel, counts, reach } = model.peek()
  const place = cell.peek() ?? middleOf(reach[sample.peek() ?? 0]!)
  change({
    page: undefined,
    photo: undefined,
    dock: undefined,
    tap: undefined,
    problem: formatCase({ ...g, dtype: 'float32' }),
    input: { values: Array.from(input.data) },
    kernel: { values: Array.from(kernel.data) },
    bias: 0,
    focus: { output: [0, 0, Math.floor(place / counts.columns), place % counts.columns] },
    views: settings.peek().isTransposed ? ['slide', 'arithmetic', 'toeplitz'] : [],
  })
}
