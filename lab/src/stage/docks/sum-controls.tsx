/** The order of summation, and the sum as text to copy. */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { place, stageModel } from '../stage.ts'
import { inLanguage } from './language.ts'
import { latexSum, plainSum } from './sum-copy.ts'
import { order, ordered } from './sum-signals.ts'
import { orders } from './sum-steps.ts'
import { sumText } from './sum-text.ts'

const copiedMs = 1600

/** `isBeside`: whether it stands beside the buttons of the stage, on their line. */
export function Orders({ isBeside }: { readonly isBeside: boolean }): JSX.Element {
  const text = inLanguage(sumText)
  return (
    <div
      class={isBeside ? 'dock-controls beside' : 'dock-controls'}
      role="group"
      aria-label={text.orderName}
    >
      <span class="of-what">{text.orderName}</span>
      {orders.map((name) => (
        <button
          key={name}
          type="button"
          class="dock-choice"
          aria-pressed={order.value === name}
          onClick={() => {
            order.value = name
          }}
        >
          {text.orders[name]}
        </button>
      ))}
    </div>
  )
}

const forms = { text: plainSum, latex: latexSum } as const
type Form = keyof typeof forms

export function CopySum(): JSX.Element {
  const text = inLanguage(sumText)
  const copied = useSignal(false)
  const byHand = useSignal<string | undefined>(undefined)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = async (form: Form): Promise<void> => {
    const sum = { model: stageModel.peek(), place: place.peek(), products: ordered.peek() }
    const line = forms[form](sum)
    byHand.value = undefined
    try {
      await navigator.clipboard.writeText(line)
    } catch {
      // The browser has no clipboard here, or forbids it. The reader can copy the line by hand.
      byHand.value = line
      return
    }
    copied.value = true
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      copied.value = false
    }, copiedMs)
  }
  return (
    <>
      <div class="dock-controls copies" role="group" aria-label={text.copy}>
        <span class="of-what" role="status">
          {copied.value ? text.copied : text.copy}
        </span>
        {(Object.keys(forms) as Form[]).map((form) => (
          <button
            key={form}
            type="button"
            class="dock-choice"
            data-copy={form}
            onClick={() => void copy(form)}
          >
            {text.forms[form]}
          </button>
        ))}
      </div>
      {byHand.value !== undefined && (
        <label class="dock-by-hand">
          {text.copyFailed}
          <input readOnly value={byHand.value} onFocus={(event) => event.currentTarget.select()} />
        </label>
      )}
    </>
  )
}
