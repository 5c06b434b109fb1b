/** The errors of the tiles, measured while the page is open, as bars with their numbers. */

import type { JSX } from 'preact'
import { Press } from '../pages/press.tsx'
import { texts } from './messages/index.ts'
import { taps } from './settings.ts'
import { errorText } from './telling.tsx'
import { allMeasured, counts, type Measured, productsPerOutput } from './tile-errors.ts'
import { errors, settings, steps } from './winograd.ts'

/** The usual end of the scale. It is further where an error is larger. */
const usualEnd = 2.4e-6

export function Errors(): JSX.Element {
  const text = texts()
  const measured = errors.value
  const end = Math.max(usualEnd, ...measured.values())
  return (
    <section class="tile-errors" aria-labelledby="errors-title">
      <h2 id="errors-title">{text.errors}</h2>
      <p>{text.errorsLead(counts.tiles, counts.kernels)}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.tileColumn}</th>
            <th scope="col">{text.perOutput}</th>
            <th scope="col">{text.errorColumn}</th>
          </tr>
        </thead>
        <tbody>
          {allMeasured.map((name) => (
            <tr key={name} data-measured={name}>
              <th scope="row">{nameOf(name)}</th>
              <td>{Number(productsPerOutput(name).toFixed(2))}</td>
              <td>
                <div class="error">
                  <span class="bar-place" aria-hidden="true">
                    <i style={{ width: `${((measured.get(name) ?? 0) / end) * 100}%` }} />
                  </span>
                  <span>{errorOf(name, measured)}</span>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Press
        name={text.others}
        isOn={undefined}
        isOff={measured.size < allMeasured.length}
        press={() => {
          steps.player.pause()
          steps.changeSettings({ seed: (settings.peek().seed % largestSeed) + 1 })
        }}
      />
    </section>
  )
}

const largestSeed = 9999

const nameOf = (measured: Measured): string =>
  measured === 'direct' ? texts().directSum : `F(${measured}×${measured}, ${taps}×${taps})`

function errorOf(name: Measured, measured: ReadonlyMap<Measured, number>): string {
  const text = texts()
  const [error, direct] = [measured.get(name), measured.get('direct')]
  if (error === undefined || direct === undefined) return text.measuring
  const factor = error / direct
  return name === 'direct'
    ? errorText(error)
    : `${errorText(error)}, ${text.timesDirect(factor.toFixed(factor < 10 ? 1 : 0))}`
}
