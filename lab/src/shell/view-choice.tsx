/**
 * The choice of views: one button for each view. The row is one tab stop. The arrow keys, Home and
 * End move in it (the toolbar pattern of ARIA).
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { viewNames } from '../state/state.ts'
import { part } from '../state/store.ts'
import { toggleView } from './shortcuts.ts'

const views = part('views')

export function ViewChoice(): JSX.Element {
  const w = messages()
  const active = useSignal(0)
  const last = viewNames.length - 1
  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const to = {
      ArrowLeft: Math.max(0, active.value - 1),
      ArrowRight: Math.min(last, active.value + 1),
      Home: 0,
      End: last,
    }[event.key]
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    active.value = to
    event.currentTarget.querySelectorAll('button')[to]?.focus()
  }
  return (
    <div class="choices" role="toolbar" aria-label={w.viewChoice} onKeyDown={onKeyDown}>
      {viewNames.map((name, i) => (
        <button
          key={name}
          type="button"
          tabIndex={i === active.value ? 0 : -1}
          aria-pressed={views.value.includes(name)}
          onFocus={() => {
            active.value = i
          }}
          onClick={() => toggleView(name)}
        >
          {w.views[name]}
        </button>
      ))}
    </div>
  )
}
