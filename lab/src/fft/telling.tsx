/** The number that is shown, as the sum or the product that it is. */

import { Fragment, type JSX } from 'preact'
import { numberText } from '../stage/number.ts'
import { model, settings, steps } from './fft.ts'
import {
  type Complex,
  cleanedOf,
  isTransform,
  magnitude,
  phase,
  productsAt,
  wrappedAt,
} from './fft-model.ts'
import { complexText, placeName } from './figure.tsx'
import { texts } from './messages/index.ts'
import { toneOf } from './rotation.tsx'
import type { ArrayName, Cell } from './settings.ts'

const valueAt = ({ array, place }: Cell): Complex => cleanedOf(model.value, array)[place]!

/** With three digits behind the point at most. */
const rounded = (value: number): number => Number(value.toFixed(3)) + 0

/** The rounded number, marked if it is not exact. */
const roundedText = (value: number): string =>
  `${rounded(value) === value ? '' : '≈'}${numberText(rounded(value))}`

/** A complex number with few digits; as magnitude and angle if spectra are shown so. */
export function shortText(value: Complex): string {
  if (settings.value.isPolar) return `${roundedText(magnitude(value))} ∠ ${degrees(phase(value))}`
  const short = { re: rounded(value.re), im: rounded(value.im) }
  const isExact = short.re === value.re && short.im === value.im
  return `${isExact ? '' : '≈'}${complexText(short)}`
}

/** Turns as whole degrees. */
const degrees = (turns: number): string => {
  const exact = turns * 360
  const whole = Math.round(exact)
  const isExact = Math.abs(exact - whole) < 1e-9
  return `${isExact ? '' : '≈'}${numberText(whole)}°`
}

export function Telling(): JSX.Element {
  const text = texts()
  const at = steps.cell.value
  if (!at) return <p class="telling">{text.start}</p>
  const { array, place } = at
  const { points } = model.value
  if (array === 'y') return <Result place={place} />
  if (array === 'P') return <ProductOfBins place={place} />
  if (!isTransform(array))
    return (
      <p class="telling">
        {text.isPart(placeName(at), complexText(valueAt(at)), array === 'x' ? 'X' : 'K')}
      </p>
    )
  const source = array === 'X' ? 'x' : 'k'
  const { length } = model.value.signals[source]
  return (
    <div class="telling">
      <p class="sum">
        <Name of={at} /> = Σ <b class={toneOf(source)}>{source}[i]</b> · e
        <sup>
          −2πi·{place}·i/{points}
        </sup>{' '}
        = <Value of={at} />
      </p>
      <p>
        {place === 0
          ? text.zeroBin(length)
          : text.isTurned(place, points, degrees(-(place % points) / points))}{' '}
        {text.magnitude(roundedText(magnitude(valueAt(at))), degrees(phase(valueAt(at))))}
      </p>
    </div>
  )
}

const Name = ({ of }: { readonly of: Cell }): JSX.Element => (
  <b class={toneOf(of.array)}>{placeName(of)}</b>
)
const Value = ({ of }: { readonly of: Cell }): JSX.Element => (
  <b class={toneOf(of.array)} data-value>
    {shortText(valueAt(of))}
  </b>
)

function ProductOfBins({ place }: { readonly place: number }): JSX.Element {
  const text = texts()
  const { points, signals } = model.value
  const bin = (array: ArrayName): Cell => ({ array, place })
  return (
    <div class="telling">
      <p class="sum">
        <Name of={bin('P')} /> = <Name of={bin('X')} /> · <Name of={bin('K')} /> = (
        <b class={toneOf('X')}>{shortText(valueAt(bin('X')))}</b>) · (
        <b class={toneOf('K')}>{shortText(valueAt(bin('K')))}</b>) = <Value of={bin('P')} />
      </p>
      <p>{text.isProduct(points, signals.x.length * signals.k.length)}</p>
    </div>
  )
}

/** A result: the turned bins, and the direct sum with what has wrapped around. */
function Result({ place }: { readonly place: number }): JSX.Element {
  const text = texts()
  const now = model.value
  const { points, signals } = now
  const products = productsAt(now, place)
  const { own, wrapped } = wrappedAt(now, place)
  const difference = Math.abs(now.arrays.y[place]!.re - own - wrapped)
  const at: Cell = { array: 'y', place }
  return (
    <div class="telling">
      <p class="sum">
        <Name of={at} /> = 1/{points} · Σ <b class={toneOf('P')}>P[b]</b> · e
        <sup>
          2πi·{place}·b/{points}
        </sup>{' '}
        = <Value of={at} />
      </p>
      <p>
        {text.byDefinition}{' '}
        <span class="sum">
          {products.map(({ x, k, wraps }, i) => (
            <Fragment key={`${x},${k}`}>
              {i > 0 && ' + '}
              <span class={wraps ? 'is-wrapped' : ''}>
                <b class="of-input">{factorText(signals.x[x]!)}</b> ×{' '}
                <b class="of-kernel">{factorText(signals.k[k]!)}</b>
              </span>
            </Fragment>
          ))}
          {products.length === 0 && '0'} = <b class="of-output">{numberText(own + wrapped)}</b>.
        </span>{' '}
        {products.some(({ wraps }) => wraps) &&
          text.hasWrapped(
            numberText(wrapped),
            placeName({ array: 'y', place: place + points }),
          )}{' '}
        {difference === 0 ? text.areEqual : text.differ(errorText(difference))}
      </p>
    </div>
  )
}

const factorText = (value: number): string =>
  value < 0 ? `(${numberText(value)})` : numberText(value)

/** A small number with one digit behind the point: 5.2e−16. */
const errorText = (value: number): string => value.toExponential(1).replace('-', '−')
