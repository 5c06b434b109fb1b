/**
 * The sum, its place on the scale, and the sentence about it. The sum reaches its pixel through
 * the scale: the marker stands at the value and has its grey.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { Part } from './messages/types.ts'
import { numberText } from './number.ts'
import { greyOf } from './scale.ts'
import { added, products, stageModel } from './stage.ts'
import { result, sum, verdict } from './words.ts'

export function Verdict(): JSX.Element {
  return (
    <div class="verdict">
      <Sum />
      <Sentence />
    </div>
  )
}

const isAdding = (): boolean => added.value !== undefined && added.value < products.value.length

function Sum(): JSX.Element {
  const { divisor, bias } = stageModel.value
  const text = useComputed(() => numberText(isAdding() ? sum.value : result.value))
  const way = useComputed(() =>
    isAdding() || (divisor === 1 && bias === 0) ? '' : numberText(sum.value),
  )
  const rest =
    `${divisor === 1 ? '' : ` ÷ ${numberText(divisor)}`}` +
    `${bias === 0 ? '' : ` ${bias < 0 ? '−' : '+'} ${numberText(Math.abs(bias))}`}`
  return (
    <div class="sum">
      <Scale />
      <div class="value">
        <small data-way>
          {way}
          {way.value !== '' && <i>{rest}</i>}
          {way.value !== '' && ' ='}
        </small>
        <strong data-sum>{text}</strong>
      </div>
    </div>
  )
}

/** A bar from the lowest grey to the highest. A small example has no greys: only its tint. */
function Scale(): JSX.Element {
  const { isSmall, outputScale } = stageModel.value
  const style = useComputed(() => {
    if (isSmall) return ''
    if (isAdding()) return 'visibility:hidden'
    const grey = greyOf(result.value, outputScale)
    return `background:rgb(${grey} ${grey} ${grey});bottom:${((grey / 255) * 100).toFixed(1)}%`
  })
  return (
    <div class={isSmall ? 'scale plain' : 'scale'} aria-hidden="true">
      <div class="marker" style={style} />
    </div>
  )
}

function Sentence(): JSX.Element {
  const { parts, meaning } = verdict.value
  return (
    <p class={isAdding() ? 'sentence adding' : 'sentence'}>
      <Parts parts={parts} />
      {meaning !== '' && <b>{meaning}</b>}
    </p>
  )
}

/** Words, and numbers in the colours of their roles. */
export function Parts({ parts }: { readonly parts: readonly Part[] }): JSX.Element {
  return (
    <>
      {parts.map((part, i) =>
        typeof part === 'string' ? (
          part
        ) : (
          <span key={i} class={`of-${part.role}`}>
            {part.text}
          </span>
        ),
      )}
    </>
  )
}
