/**
 * The page “Winograd”: one tile step by step, with every number, what each is made of, how many
 * operations are saved, and what that costs in exactness.
 */

import '../stack/figure-page.css'
import './winograd.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Faults } from '../pages/faults.tsx'
import { PageFrame } from '../pages/page-frame.tsx'
import { Transport } from '../pages/transport.tsx'
import { change } from '../state/store.ts'
import { Controls } from './controls.tsx'
import { Errors } from './errors.tsx'
import { Figure, MatrixPlanes } from './figure.tsx'
import { fractionText, pointsOf } from './matrices.ts'
import { texts } from './messages/index.ts'
import { Telling } from './telling.tsx'
import { faults, measureErrors, model, steps } from './winograd.ts'

const { follow, last, leap, player, position } = steps

export function WinogradPage(): JSX.Element {
  useEffect(follow, [])
  useEffect(measureErrors, [])
  useEffect(() => player.pause, [])
  const text = texts()
  return (
    <PageFrame
      kind="figure-page winograd-page"
      title={text.title}
      headline={text.headline}
      skip={{ text: text.skip, to: 'winograd-d' }}
      back={{ text: text.toLens, go: () => change({ page: undefined }) }}
    >
      <Faults text={text.fault} faults={faults.value} />
      <div class="figure-columns">
        <div class="winograd-sight">
          <Figure />
          <Transport
            player={player}
            position={position.value}
            last={last.value}
            text={text}
            shown={text.progress(position.value, last.value)}
            leap={leap}
          />
          <Telling />
          <Matrices />
        </div>
        <Controls />
      </div>
      <Errors />
    </PageFrame>
  )
}

function Matrices(): JSX.Element {
  const text = texts()
  const points = pointsOf[model.value.m].map((point) => fractionText(point)).join(', ')
  return (
    <section aria-labelledby="matrices-title">
      <h2 id="matrices-title">{text.matrices}</h2>
      <MatrixPlanes />
      <p class="note">
        {text.points(points)} {text.keys}
      </p>
    </section>
  )
}
