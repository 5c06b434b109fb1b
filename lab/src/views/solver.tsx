/**
 * Which padding gives 112? One number of an axis is left empty and the library's `solveShape` finds
 * it, in the words of a dialect: all solutions, or the sentence why there is none.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { solveShape } from 'stridefold/sync'
import {
  type DialectName,
  dialectNames,
  paddingText,
  questionOf,
  questionText,
  shapeNumbers,
} from '../state/question.ts'
import { change, part } from '../state/store.ts'
import { messages } from '../words/words.ts'

const solve = part('solve')

export function Solver(): JSX.Element {
  return <Form key={solve.value} />
}

function Form(): JSX.Element {
  const w = messages()
  const asked = questionOf(solve.value)
  const fault = useSignal<string | undefined>(undefined)
  const answer = solveShape(asked.numbers, { dialect: asked.dialect })
  const ask = (form: HTMLFormElement): void => {
    const said = new FormData(form)
    const parts = shapeNumbers.flatMap((name) => {
      const text = String(said.get(name) ?? '').trim()
      return text === '' ? [] : [`${name}:${text}`]
    })
    try {
      change({ solve: questionText(questionOf([String(said.get('dialect')), ...parts].join())) })
      fault.value = undefined
    } catch (error) {
      fault.value = error instanceof Error ? error.message : String(error)
    }
  }
  return (
    <form
      class="solver"
      data-solver
      onSubmit={(event) => {
        event.preventDefault()
        ask(event.currentTarget)
      }}
    >
      <h3>{w.solveTitle}</h3>
      <p class="note">{w.solveHint}</p>
      <div class="row">
        <label>
          {w.dialect}{' '}
          <select
            name="dialect"
            onChange={(event) => event.currentTarget.form && ask(event.currentTarget.form)}
          >
            {dialectNames.map((name: DialectName) => (
              <option key={name} value={name} selected={name === asked.dialect}>
                {w.dialects[name]}
              </option>
            ))}
          </select>
        </label>
        {shapeNumbers.map((name) => (
          <label key={name}>
            {w.shapeNumbers[name]}{' '}
            <input
              name={name}
              class="number"
              size={5}
              autocomplete="off"
              placeholder={name === answer.unknown ? '?' : ''}
              defaultValue={
                asked.numbers[name] === undefined ? '' : paddingText(asked.numbers[name])
              }
            />
          </label>
        ))}
        <button type="submit">{w.apply}</button>
      </div>
      <div role="status" data-answer>
        {fault.value ? (
          <p class="fault" lang="en">
            {fault.value}
          </p>
        ) : (
          <>
            <p class="formula">
              <strong>
                {answer.solutions.length === 0
                  ? w.noSolution
                  : w.solutions(
                      w.shapeNumbers[answer.unknown],
                      answer.solutions.map(paddingText).join(', '),
                      answer.orMore,
                    )}
              </strong>
            </p>
            <p class="note" lang="en">
              {answer.sentence}
            </p>
          </>
        )}
      </div>
    </form>
  )
}
