/**
 * The page “Adding up”: a layer from the side of its input. Every sample sends the kernel, times
 * its number, into the output, and what arrives is added. A transposed layer does this too.
 */

import '../stack/figure-page.css'
import './adding.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { formatCase } from 'stridefold/sync'
import { Faults } from '../pages/faults.tsx'
import { PageFrame } from '../pages/page-frame.tsx'
import type { PlaneNumbers } from '../pages/plane-numbers.ts'
import { Press } from '../pages/press.tsx'
import { Transport } from '../pages/transport.tsx'
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
import { Figure, Telling } from './figure.tsx'
import { texts } from './messages/index.ts'
import { player } from './player.ts'
import { ranges } from './settings.ts'

export function AddingPage(): JSX.Element {
  useEffect(followAdding, [])
  useEffect(() => player.pause, [])
  const text = texts()
  const [count, all] = [sentCount.value, model.value.sent.length]
  return (
    <PageFrame
      kind="figure-page adding-page"
      title={text.title}
      headline={text.headline}
      skip={{ text: text.skip, to: 'adding-input' }}
      back={{ text: text.toLens, go: () => change({ page: undefined }) }}
    >
      <Faults text={text.fault} faults={faults.value} />
      <div class="figure-columns">
        <div>
          <Figure />
          <Transport
            player={player}
            position={count}
            last={all}
            text={text}
            shown={text.progress(count, all)}
          />
          <Telling />
        </div>
        <Controls />
      </div>
    </PageFrame>
  )
}

function Controls(): JSX.Element {
  const text = texts()
  const now = settings.value
  return (
    <div class="figure-controls">
      <section aria-labelledby="kind-title">
        <h2 id="kind-title">{text.kind}</h2>
        <div class="groups">
          {[false, true].map((isTransposed) => (
            <Press
              key={String(isTransposed)}
              name={isTransposed ? text.transposed : text.layer}
              isOn={now.isTransposed === isTransposed}
              press={after(() =>
                changeSettings({
                  isTransposed,
                  cell: undefined,
                  // The usual example of each: a border for a layer, steps for a transposed one.
                  ...(isTransposed ? { stride: 2, padding: 0 } : { stride: 1, padding: 1 }),
                  ...(now.kernel < 2 && { kernel: 3 }),
                }),
              )}
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
              player.pause()
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
            press={after(() => changeSettings({ hasCounts: !now.hasCounts }))}
          />
          <Press
            name={text.bySample}
            isOn={false}
            isOff={cell.value === undefined}
            press={after(() => changeSettings({ cell: undefined }))}
          />
        </div>
        <p class="note">{text.keys}</p>
      </section>
      <Press name={text.byWindow} isOn={undefined} press={after(openWindow)} />
    </div>
  )
}

/** Ends Play before something is chosen. */
const after = (press: () => void) => (): void => {
  player.pause()
  press()
}

/** The middle one of the outputs that a sample reaches; the first output if it reaches none. */
function middleOf({ data }: PlaneNumbers): number {
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
