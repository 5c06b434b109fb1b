/**
 * The page “FFT”: a convolution as a product of spectra, step by step, with every sum; and what
 * wraps around if there are too few points.
 */

import '../stack/figure-page.css'
import './fft.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Faults } from '../pages/faults.tsx'
import { PageFrame } from '../pages/page-frame.tsx'
import { Transport } from '../pages/transport.tsx'
import { change } from '../state/store.ts'
import { Butterflies } from './butterflies.tsx'
import { Controls } from './controls.tsx'
import { faults, model, settings, steps } from './fft.ts'
import { missingPlaces } from './fft-model.ts'
import { Figure } from './figure.tsx'
import { commonSum, numberOf, polynomialText, resultsOf } from './meaning.ts'
import { texts } from './messages/index.ts'
import { Rotation } from './rotation.tsx'
import { Telling } from './telling.tsx'

const { follow, last, leap, player, position } = steps

export function FftPage(): JSX.Element {
  useEffect(follow, [])
  useEffect(() => player.pause, [])
  const text = texts()
  return (
    <PageFrame
      kind="figure-page fft-page"
      title={text.title}
      headline={text.headline}
      skip={{ text: text.skip, to: 'fft-x' }}
      back={{ text: text.toLens, go: () => change({ page: undefined }) }}
    >
      <Faults text={text.fault} faults={faults.value} />
      <div class="figure-columns">
        <div class="fft-sight">
          <Meaning />
          <Figure />
          <Transport
            player={player}
            position={position.value}
            last={last.value}
            text={text}
            shown={text.progress(position.value, last.value)}
            leap={leap}
          />
          <div class="fft-number">
            <Rotation />
            <Telling />
          </div>
          <Butterflies />
        </div>
        <Controls />
      </div>
    </PageFrame>
  )
}

/** What the result of the example means, and that it is wrong where it has wrapped around. */
function Meaning(): JSX.Element {
  const text = texts()
  const now = model.value
  const { own, example } = settings.value
  const { x, k } = now.signals
  const results = resultsOf(now)
  const sentence = own
    ? text.ownMeaning
    : example === 'dice'
      ? text.dice(...commonSum(now))
      : example === 'polynomials'
        ? `(${polynomialText(x)}) · (${polynomialText(k)}) = ${polynomialText(results)}`
        : `${numberOf(x)} × ${numberOf(k)} = ${numberOf(results)}`
  return (
    <p class="meaning">
      {sentence} {missingPlaces(now) > 0 && !own && <b>{text.isWrong}</b>}
    </p>
  )
}
