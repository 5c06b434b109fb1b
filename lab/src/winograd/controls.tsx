/** Which tile is shown, with which numbers; and how many operations it takes. */

import type { JSX } from 'preact'
import { NumbersField } from '../pages/numbers-field.tsx'
import { Press } from '../pages/press.tsx'
import { texts } from './messages/index.ts'
import { tileNames, usualSettings } from './settings.ts'
import {
  changeNumbers,
  changeTile,
  isLensTiled,
  model,
  settings,
  steps,
  takeLens,
} from './winograd.ts'

export function Controls(): JSX.Element {
  const text = texts()
  const { tile, arrays } = model.value
  const extents = ({ rows, columns }: { rows: number; columns: number }): string =>
    rows === 1 ? String(columns) : `${rows}×${columns}`
  return (
    <div class="figure-controls">
      <section aria-labelledby="tile-title">
        <h2 id="tile-title">{text.tile}</h2>
        <div class="groups">
          {tileNames.map((name) => (
            <Press
              key={name}
              name={text.tileNames[name]}
              isOn={name === tile}
              press={() => changeTile(name)}
            />
          ))}
        </div>
        <p class="note">{text.tileNote(extents(arrays.d), extents(arrays.Y))}</p>
      </section>
      <OperationCounts />
      <Numbers />
    </div>
  )
}

function OperationCounts(): JSX.Element {
  const text = texts()
  const { tile, counts } = model.value
  const { V, U, Y } = counts.additions
  return (
    <section aria-labelledby="counts-title">
      <h2 id="counts-title">{text.counts}</h2>
      <table class="operations">
        <thead>
          <tr>
            <td />
            <th scope="col">{text.direct}</th>
            <th scope="col">{text.tileNames[tile]}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{text.multiplications}</th>
            <td data-count="direct">{counts.direct}</td>
            <td data-count="products">
              <b>{counts.products}</b>
            </td>
          </tr>
          <tr>
            <th scope="row">{text.additions}</th>
            <td>{counts.directAdditions}</td>
            <td>{V + Y}</td>
          </tr>
        </tbody>
      </table>
      <p class="note">{text.countsNote(ratioText(counts.direct / counts.products), V, Y, U)}</p>
    </section>
  )
}

/** With two digits behind the point at most. */
const ratioText = (ratio: number): string => String(Number(ratio.toFixed(2)))

function Numbers(): JSX.Element {
  const text = texts()
  const { arrays } = model.value
  const { d, g } = settings.value
  const isUsual = d === usualSettings.d && g === usualSettings.g
  return (
    <section aria-labelledby="numbers-title">
      <h2 id="numbers-title">{text.numbers}</h2>
      {(['d', 'g'] as const).map((name) => {
        const { columns, data } = arrays[name]
        return (
          <NumbersField
            key={name}
            id={`numbers-${name}`}
            label={text.arrays[name]}
            values={Array.from(data)}
            columns={columns}
            allows={(values) => values.length === data.length}
            needed={text.needed(data.length)}
            onChange={(values) => changeNumbers(name, values)}
          />
        )
      })}
      <div class="groups">
        <Press name={text.ofLens} isOn={undefined} isOff={!isLensTiled.value} press={takeLens} />
        <Press
          name={text.usual}
          isOn={undefined}
          isOff={isUsual}
          press={() => {
            steps.player.pause()
            steps.changeSettings({ d: usualSettings.d, g: usualSettings.g })
          }}
        />
      </div>
      <p class="note">{isLensTiled.value ? text.lensNote : text.noLensNote}</p>
    </section>
  )
}
