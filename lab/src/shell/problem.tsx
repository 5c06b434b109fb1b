/**
 * The problem as one line; and, when opened, what changes it: an example, a line of case notation,
 * or a form of numbers. All edit the same state.
 */

import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { formatCase, parseCase } from 'stridefold/sync'
import { LibraryText } from '../messages/library-text.tsx'
import { messages } from '../messages/messages.ts'
import { fits } from '../stack/settings.ts'
import { isProblemOpen } from '../state/page-parts.ts'
import { change, part } from '../state/store.ts'
import { problemWith } from '../state/valid.ts'
import { ProblemForm } from './problem-form.tsx'
import { ProblemDetails, ProblemLine } from './problem-line.tsx'
import { Workspaces } from './workspaces.tsx'

const problem = part('problem')

export function Problem(): JSX.Element {
  return (
    <details
      class="task"
      open={isProblemOpen.value}
      onToggle={(event) => {
        isProblemOpen.value = event.currentTarget.open
      }}
    >
      <summary>
        <span class="pill">
          {messages().problem} <ProblemLine />
        </span>{' '}
        <ProblemDetails />
      </summary>
      <div class="task-body">
        <Workspaces />
        <Sentence />
        <ProblemForm />
        <ChannelsLink />
      </div>
    </details>
  )
}

/** A layer with few small planes can be seen as planes. */
function ChannelsLink(): JSX.Element | null {
  const g = parseCase(problem.value)
  if (g.channels * g.filters === 1 || !fits(g)) return null
  return (
    <button
      type="button"
      class="see-channels"
      onClick={() => change({ page: { name: 'stack', settings: '' } })}
    >
      {messages().seeChannels}
    </button>
  )
}

function Sentence(): JSX.Element {
  const text = useSignal(problem.value)
  // Another problem replaces unfinished text. The field stays the same, and so does its focus.
  useSignalEffect(() => {
    text.value = problem.value
  })
  const fault = problemWith(text.value)
  const w = messages()
  return (
    <form
      class="row problem"
      onSubmit={(event) => {
        event.preventDefault()
        if (!fault) change({ problem: formatCase(parseCase(text.value)) })
      }}
    >
      <label for="problem">{w.notation}</label>
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
      <span id="problem-hint" class={fault ? 'fault' : 'note'}>
        {fault ? <LibraryText text={fault} /> : w.problemHint}
      </span>
    </form>
  )
}
