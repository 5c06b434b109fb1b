/**
 * The page “Channels”: a layer as planes that can be turned. No channel is hidden by another one.
 */

import './figure-page.css'
import './stack.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { PageFrame } from '../pages/page-frame.tsx'
import { change } from '../state/store.ts'
import { CameraControls, LayerControls, Legend, PlaceTransport } from './controls.tsx'
import { texts } from './messages/index.ts'
import { pause } from './player.ts'
import { Scene } from './scene.tsx'
import { most } from './settings.ts'
import { faults, followStack, model } from './stack.ts'
import { SumRow } from './sum-row.tsx'

export function StackPage(): JSX.Element {
  useEffect(followStack, [])
  useEffect(() => pause, [])
  const text = texts()
  return (
    <PageFrame
      kind="figure-page stack-page"
      title={text.title}
      headline={text.headline}
      skip={{ text: text.skip, to: 'scene' }}
      back={{ text: text.toLens, go: () => change({ page: undefined }) }}
    >
      <Shapes />
      <Faults />
      <div class="stack-columns">
        <div class="stack-sight">
          <Scene />
          <PlaceTransport />
          <SumRow />
        </div>
        <div class="stack-controls">
          <LayerControls />
          <CameraControls />
          <Legend />
        </div>
      </div>
    </PageFrame>
  )
}

/** The shapes of the three arrays, and what they mean. */
function Shapes(): JSX.Element {
  const text = texts()
  const { geometry: g, batch, item } = model.value
  const list = (numbers: readonly number[]): string => `[${numbers.join(', ')}]`
  const shape = (name: 'input' | 'kernel' | 'output'): number[] => g.axes.map((axis) => axis[name])
  const reads = g.channels / g.groups
  const planes = g.filters * reads
  const weights = list([g.filters, reads, ...shape('kernel')])
  const taps = g.axes.reduce((product, axis) => product * axis.kernel, 1)
  return (
    <p class="shapes">
      <span class="shape">
        {text.input} <b class="of-input">{list([batch, g.channels, ...shape('input')])}</b> ∗{' '}
        {text.weights} <b class="of-kernel">{weights}</b> → {text.output}{' '}
        <b class="of-output">{list([batch, g.filters, ...shape('output')])}</b>
      </span>{' '}
      <span>
        {text.counts(g.filters, reads, shape('kernel').join('×'), planes * taps)}
        {batch > 1 && ` ${text.item(item + 1, batch)}`}
      </span>
    </p>
  )
}

function Faults(): JSX.Element | null {
  const text = texts()
  if (faults.value.length === 0) return null
  return (
    <ul class="stack-faults" role="status">
      {faults.value.map(({ part, needed }) => (
        <li key={part}>
          <code>{part}</code> {text.fault[needed](most)}
        </li>
      ))}
    </ul>
  )
}
