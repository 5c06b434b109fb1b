/**
 * The chosen output as a sum: for each channel that is read, the samples in the window × the
 * weights = one number; all of them and the bias = the output.
 */

import type { JSX } from 'preact'
import { charactersFor, fittedText } from '../stage/docks/fitted-text.ts'
import { numberText } from '../stage/number.ts'
import { texts } from './messages/index.ts'
import { added, model, place } from './stack.ts'
import { outputAt, type Share, sharesOf } from './stack-model.ts'

/** Widths in sizes of the font, so that larger digits have room too. */
const digitWidth = 0.58
const cellPadding = 0.56

export function SumRow(): JSX.Element {
  const text = texts()
  const now = model.value
  const at = place.value
  const shares = sharesOf(now, at)
  const result = outputAt(now, at)
  const done = added.value ?? shares.length + 1
  const later = (index: number): string => (index < done ? '' : ' later')
  const characters = (data: ArrayLike<number>): number => charactersFor(data)
  return (
    <section class="sum-row" aria-labelledby="sum-title">
      <h2 id="sum-title">{text.sumTitle(at.filter, at.row, at.column)}</h2>
      <div class="shares">
        {shares.map((share, i) => (
          <div key={i} class={`share${later(i)}`}>
            {i > 0 && <span class="sign">+</span>}
            <div>
              <div class="factors" aria-hidden="true">
                <Cells share={share} of="samples" characters={characters(now.padded.data)} />
                <span>×</span>
                <Cells share={share} of="weights" characters={characters(now.weights.data)} />
              </div>
              <p>
                {text.channel(share.channel)}{' '}
                <b class="of-product" style={{ minWidth: widthOf(characters(now.parts.data)) }}>
                  {numberText(share.sum)}
                </b>
                <span class="hidden">{text.productsOf(productsText(share))}</span>
              </p>
            </div>
          </div>
        ))}
        <div class={`share ends${later(shares.length)}`}>
          <span class="sign">+</span>
          <p>
            {text.bias} <b class="of-kernel">{numberText(now.bias)}</b>
          </p>
        </div>
        <div class={`share ends${later(shares.length)}`}>
          <span class="sign">=</span>
          <p>
            {text.output}{' '}
            <b
              class="of-output"
              data-result
              style={{ minWidth: widthOf(characters(now.output.data)) }}
            >
              {numberText(result)}
            </b>
          </p>
        </div>
      </div>
    </section>
  )
}

const productsText = ({ samples, weights }: Share): string =>
  samples.map((sample, i) => `${numberText(sample)} × ${numberText(weights[i]!)}`).join(', ')

const widthOf = (characters: number): string =>
  `${(characters * digitWidth + cellPadding).toFixed(2)}em`

interface CellsProps {
  readonly share: Share
  readonly of: 'samples' | 'weights'
  readonly characters: number
}

function Cells({ share, of, characters }: CellsProps): JSX.Element {
  const columns = model.value.weights.columns
  const style = { gridTemplateColumns: `repeat(${columns}, ${widthOf(characters)})` }
  return (
    <div class={`cells of-${of}`} style={style}>
      {share[of].map((value, i) => (
        <span key={i}>{fittedText(value, characters)}</span>
      ))}
    </div>
  )
}
