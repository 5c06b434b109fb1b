/**
 * The frame of the page: the problem, the choice of views, one line about the focus, and the open
 * views.
 */

import { useSignalEffect } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { messages } from '../messages/messages.ts'
import type { ViewName } from '../state/state.ts'
import { part, preview } from '../state/store.ts'
import { Arithmetic } from '../views/arithmetic.tsx'
import { Flip } from '../views/flip.tsx'
import { Im2col } from '../views/im2col.tsx'
import { Memory } from '../views/memory.tsx'
import { Modes } from '../views/modes.tsx'
import { Slide } from '../views/slide.tsx'
import { Smoothing } from '../views/smoothing.tsx'
import { Toeplitz } from '../views/toeplitz.tsx'
import { FocusLine } from './focus-line.tsx'
import { Help } from './help.tsx'
import { BadLink, LongNumbersNotice, UpdateNotice } from './notices.tsx'
import { Patterns } from './patterns.tsx'
import { followScreen, isPresenting } from './presenter.ts'
import { Problem } from './problem.tsx'
import { Section } from './section.tsx'
import { Settings } from './settings.tsx'
import { listenToKeys } from './shortcuts.ts'
import { ViewChoice } from './view-choice.tsx'

// The frame depends on this part only. So a change of the focus does not redraw the frame.
const views = part('views')

/** The component of each view. */
const components: Readonly<Record<ViewName, ComponentType>> = {
  slide: Slide,
  arithmetic: Arithmetic,
  flip: Flip,
  modes: Modes,
  smoothing: Smoothing,
  im2col: Im2col,
  memory: Memory,
  toeplitz: Toeplitz,
}

export function App(): JSX.Element {
  useSignalEffect(() => {
    document.title = messages().title
  })
  useSignalEffect(() => {
    document.documentElement.dataset.present = String(isPresenting.value)
  })
  const main = useRef<HTMLElement>(null)
  // Grids draw a pinned cell and a cell under the pointer differently.
  useSignalEffect(() => {
    document.documentElement.dataset.focus = preview.value ? 'preview' : 'pinned'
  })
  useEffect(listenToKeys, [])
  useEffect(followScreen, [])
  const w = messages()
  const open = views.value
  return (
    <>
      <header>
        <button type="button" class="skip" onClick={() => main.current?.focus()}>
          {w.skip}
        </button>
        <div class="bar">
          <h1>{w.title}</h1>
          <p class="claim">{w.claim}</p>
          <Settings />
        </div>
        <div class="setup">
          <Problem />
          <ViewChoice />
        </div>
      </header>
      <UpdateNotice />
      <BadLink />
      <LongNumbersNotice />
      <FocusLine />
      <main ref={main} tabIndex={-1}>
        {open.length === 0 && <p class="empty">{w.noViews}</p>}
        {open.map((name) => (
          <Section key={name} name={name} view={components[name]} />
        ))}
      </main>
      <Help />
      <Patterns />
    </>
  )
}
