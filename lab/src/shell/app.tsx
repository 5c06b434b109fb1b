/**
 * The frame around the views: the problem, which views are open, language and theme, and in one line what the focus is.
 */

import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { formatCase, parseCase } from 'stridefold/sync'
import { cellText } from '../grid/grid.tsx'
import { light } from '../model/shared.ts'
import { faultOf } from '../state/link.ts'
import { languages, themes, type ViewName, viewNames } from '../state/state.ts'
import { change, part, pin, preview, problems } from '../state/store.ts'
import { Arithmetic } from '../views/arithmetic.tsx'
import { Flip } from '../views/flip.tsx'
import { Im2col, Memory, Toeplitz } from '../views/matrices.tsx'
import { Modes } from '../views/modes.tsx'
import { Slide } from '../views/slide.tsx'
import { words } from '../words/words.ts'

// The frame listens to these alone: a focus redraws what it lights up, not the page.
const [views, language, theme, problem, pinned] = [part('views'), part('language'), part('theme'), part('problem'), part('focus')]

/** A view is a file; here it gets its place. */
const components: Readonly<Record<ViewName, ComponentType>> = {
  slide: Slide,
  arithmetic: Arithmetic,
  flip: Flip,
  modes: Modes,
  im2col: Im2col,
  memory: Memory,
  toeplitz: Toeplitz,
}

export function App(): JSX.Element {
  const isPresenting = useSignal(false)
  useSignalEffect(() => {
    document.documentElement.dataset.present = String(isPresenting.value)
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      preview.value = undefined
      if (pinned.value) pin(undefined)
      else isPresenting.value = false
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const w = words()
  const open = views.value
  return (
    <>
      <header>
        <h1>{w.title}</h1>
        <p class="claim">{w.claim}</p>
        <div class="row settings">
          <button
            type="button"
            aria-pressed={isPresenting.value}
            onClick={() => {
              isPresenting.value = !isPresenting.value
            }}
          >
            {w.present}
          </button>
          <CopyLink />
          <label>
            {w.languageName}{' '}
            <select
              value={language.value}
              onChange={(event) => change({ language: languages.find((each) => each === event.currentTarget.value) ?? 'en' })}
            >
              <option value="en">English</option>
              <option value="zh">中文</option>
            </select>
          </label>
          <label>
            {w.themeName}{' '}
            <select
              value={theme.value}
              onChange={(event) => change({ theme: themes.find((each) => each === event.currentTarget.value) ?? 'system' })}
            >
              {themes.map((each) => (
                <option key={each} value={each}>
                  {w.themes[each]}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Problem key={problem.value} />
        <div class="row" role="group" aria-label={w.viewChoice}>
          {viewNames.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={open.includes(name)}
              onClick={() => change({ views: open.includes(name) ? open.filter((each) => each !== name) : [...open, name] })}
            >
              {w.views[name]}
            </button>
          ))}
        </div>
      </header>
      <BadLink />
      <FocusLine />
      <main>
        {open.length === 0 && <p class="empty">{w.noViews}</p>}
        {open.map((name) => {
          const View = components[name]
          return (
            <section key={name} class={`view view-${name}`} aria-labelledby={`title-${name}`}>
              <h2 id={`title-${name}`}>{w.views[name]}</h2>
              <p class="about">{w.about[name]}</p>
              <View />
            </section>
          )
        })}
      </main>
    </>
  )
}

function CopyLink(): JSX.Element {
  const isCopied = useSignal(false)
  const w = words()
  return (
    <button
      type="button"
      onClick={() =>
        void navigator.clipboard?.writeText(location.href).then(() => {
          isCopied.value = true
        })
      }
    >
      {isCopied.value ? w.copied : w.copyLink}
    </button>
  )
}

function Problem(): JSX.Element {
  const text = useSignal(problem.value)
  const fault = faultOf(text.value)
  const w = words()
  return (
    <form
      class="row problem"
      onSubmit={(event) => {
        event.preventDefault()
        if (!fault) change({ problem: formatCase(parseCase(text.value)) })
      }}
    >
      <label for="problem">{w.problem}</label>
      <input
        id="problem"
        value={text.value}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={fault !== undefined}
        aria-describedby="problem-hint"
        onInput={(event) => {
          text.value = event.currentTarget.value
        }}
      />
      <button type="submit" disabled={fault !== undefined}>
        {w.apply}
      </button>
      <span id="problem-hint" class={fault ? 'fault' : 'note'} {...(fault && { lang: 'en' })}>
        {fault ?? w.problemHint}
      </span>
    </form>
  )
}

function BadLink(): JSX.Element | null {
  const w = words()
  if (problems.value.length === 0) return null
  return (
    <div class="notice" role="status">
      <p>{w.badLink}</p>
      <ul lang="en">
        {problems.value.map(({ part, why }) => (
          <li key={part}>
            <code>{part}</code>: {why}
          </li>
        ))}
      </ul>
      <button
        type="button"
        onClick={() => {
          problems.value = []
        }}
      >
        {w.close}
      </button>
    </div>
  )
}

/** The focus in one line, told politely to those who do not see it. */
function FocusLine(): JSX.Element {
  const w = words()
  const { focus, taps, reason, outputs } = light.value
  const [view = '', index] = Object.entries(focus ?? {})[0] ?? []
  const names: Readonly<Record<string, string>> = {
    input: w.input,
    kernel: w.kernel,
    output: w.output,
    im2col: 'im2col',
    toeplitz: 'Toeplitz',
  }
  const what = typeof index === 'number' ? w.byte(index) : w.focus(names[view] ?? view, (index ?? []).join(', '))
  const said =
    taps.length === 0
      ? w.library(reason ?? '')
      : view === 'output'
        ? w.focusSum(taps.length, cellText(taps.at(-1)!.sum))
        : w.focusMany(taps.length, outputs())
  return (
    <div class="focus-line">
      <p role="status" aria-live="polite" data-focus-text>
        {focus ? `${what}: ${said}` : w.nothingShown}
      </p>
      {pinned.value && (
        <button type="button" onClick={() => pin(undefined)}>
          {w.unpin}
        </button>
      )}
    </div>
  )
}
