/** The number that is shown, as the sum or the product that it is. */

import { Fragment, type JSX } from 'preact'
import { numberText } from '../stage/number.ts'
import { placeName } from './figure.tsx'
import { fractionText } from './matrices.ts'
import { texts } from './messages/index.ts'
import { type ArrayName, type Cell, isTransform, transforms } from './settings.ts'
import { model, steps } from './winograd.ts'
import { termsOf, usersOf, windowOf } from './winograd-model.ts'

const tones: Readonly<Record<ArrayName, string>> = {
  d: 'of-input',
  V: 'of-input',
  g: 'of-kernel',
  U: 'of-kernel',
  M: 'of-product',
  Y: 'of-output',
}

export function Telling(): JSX.Element {
  const text = texts()
  const at = steps.cell.value
  if (!at) return <p class="telling">{text.start}</p>
  const { tile, arrays, counts } = model.value
  const { array, place } = at
  if (array === 'd' || array === 'g') {
    const users = usersOf(model.value, array, place)
    return (
      <p class="telling">
        {text.isPart(placeName(at), shownValue(at), users.length, array === 'd' ? 'V' : 'U')}
      </p>
    )
  }
  return (
    <div class={`telling tile-${tile}`}>
      <p class="sum">
        <Value of={at} /> = <Made of={at} /> ={' '}
        <b class={tones[array]}>{numberText(arrays[array].data[place]!)}</b>
      </p>
      {array === 'Y' ? (
        <Definition place={place} />
      ) : (
        <p>{array === 'M' ? text.isProduct(counts.products) : text.transform[array]}</p>
      )}
    </div>
  )
}

const Made = ({ of }: { readonly of: Cell }): JSX.Element =>
  isTransform(of.array) ? <Terms of={of} /> : <Product place={of.place} />

const shownValue = ({ array, place }: Cell): string =>
  numberText(model.value.arrays[array].data[place]!)

const Value = ({ of }: { readonly of: Cell }): JSX.Element => (
  <b class={tones[of.array]}>{placeName(of)}</b>
)

/** A number inside a sum: in brackets if it is negative. */
function Factor({ of, value }: { readonly of: ArrayName; readonly value: number }): JSX.Element {
  const shown = numberText(value)
  return <b class={tones[of]}>{value < 0 ? `(${shown})` : shown}</b>
}

/** The terms of a transform: 3 − 1/2 × 4 + … */
function Terms({ of: { array, place } }: { readonly of: Cell }): JSX.Element | null {
  if (!isTransform(array)) return null
  const { source } = transforms[array]
  const { data } = model.value.arrays[source]
  return (
    <>
      {termsOf(model.value, array, place).map(({ place: at, factor }, i) => {
        const size = Math.abs(factor)
        return (
          <Fragment key={at}>
            {factor < 0 ? (i === 0 ? '−' : ' − ') : i === 0 ? '' : ' + '}
            <span>
              {size !== 1 && `${fractionText(size) ?? numberText(size)} × `}
              <Factor of={source} value={data[at]!} />
            </span>
          </Fragment>
        )
      })}
    </>
  )
}

function Product({ place }: { readonly place: number }): JSX.Element {
  const { V, U } = model.value.arrays
  return (
    <span>
      <Factor of="V" value={V.data[place]!} /> × <Factor of="U" value={U.data[place]!} />
    </span>
  )
}

/** The same output as the sum of its products, and whether both are equal. */
function Definition({ place }: { readonly place: number }): JSX.Element {
  const text = texts()
  const { arrays, direct } = model.value
  const { d, g, Y } = arrays
  const difference = Math.abs(Y.data[place]! - direct.data[place]!)
  return (
    <p>
      {text.byDefinition(g.data.length)}{' '}
      <span class="sum">
        {windowOf(model.value, place).map((sample, tap) => (
          <Fragment key={tap}>
            {tap > 0 && ' + '}
            <span>
              <Factor of="d" value={d.data[sample]!} /> × <Factor of="g" value={g.data[tap]!} />
            </span>
          </Fragment>
        ))}{' '}
        = <b class="of-output">{numberText(direct.data[place]!)}</b>.
      </span>{' '}
      {difference === 0 ? text.areEqual : text.differ(errorText(difference))}
    </p>
  )
}

/** A small number with one digit behind the point: 5.2e−7. */
export const errorText = (value: number): string => value.toExponential(1).replace('-', '−')
