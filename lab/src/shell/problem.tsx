/**
 * Chooses the convolution that the page shows, as a line of case notation or as a form of numbers.
 * Both edit the same state.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { formatCase, parseCase } from 'stridefold/sync'
import { problemWith } from '../state/link.ts'
import { change, part } from '../state/store.ts'
import { messages } from '../messages/messages.ts'
import { ProblemForm } from './problem-form.tsx'

const problem = part('problem')

/** The key discards unfinished text when the problem changes. */
export function Problem(): JSX.Element {
  return (
    <>
      <Sentence key={problem.value} />
      <ProblemForm />
    </>
  )
}

function Sentence(): JSX.Element {
  const text = useSignal(problem.value)
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
