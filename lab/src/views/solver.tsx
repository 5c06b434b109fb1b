/**
 * Solves for one number of an axis, such as the padding that gives 112 outputs. `solveShape`
 * returns all solutions in the convention of a dialect, or the reason why there is none.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { solveShape } from 'stridefold/sync'
import { LibraryText } from '../messages/library-text.tsx'
import { messages } from '../messages/messages.ts'
import { messageOf } from '../model/message-of.ts'
import {
  type DialectName,
  dialectNames,
  paddingText,
  queryOf,
  queryText,
  shapeNumbers,
} from '../state/shape-query.ts'
import { change, part } from '../state/store.ts'

const solve = part('solve')

export function Solver(): JSX.Element {
  return <Form key={solve.value} />
}

function Form(): JSX.Element {
  const w = messages()
  const query = queryOf(solve.value)
  const fault = useSignal<string | undefined>(undefined)
  const answer = solveShape(query.numbers, { dialect: query.dialect })
  const submit = (form: HTMLFormElement): void => {
    const formData = new FormData(form)
    const parts = shapeNumbers.flatMap((name) => {
      const text = String(formData.get(name) ?? '').trim()
      return text === '' ? [] : [`${name}:${text}`]
    })
    try {
      change({ solve: queryText(queryOf([String(formData.get('dialect')), ...parts].join())) })
      fault.value = undefined
    } catch (error) {
      fault.value = messageOf(error)
    }
  }
  return (
    <form
      class="solver"
      data-solver
      onSubmit={(event) => {
        event.preventDefault()
        submit(event.currentTarget)
      }}
    >
      <h3>{w.solveTitle}</h3>
      <p class="note">{w.solveHint}</p>
      <div class="row">
        <label>
          {w.dialect}{' '}
          <select
            name="dialect"
            onChange={(event) => event.currentTarget.form && submit(event.currentTarget.form)}
          >
            {dialectNames.map((name: DialectName) => (
              <option key={name} value={name} selected={name === query.dialect}>
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
                query.numbers[name] === undefined ? '' : paddingText(query.numbers[name])
              }
            />
          </label>
        ))}
        <button type="submit">{w.apply}</button>
      </div>
      <div role="status" data-answer>
        {fault.value ? (
          <p class="fault">
            <LibraryText text={fault.value} />
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
            <p class="note">
              <LibraryText text={answer.sentence} />
            </p>
          </>
        )}
      </div>
    </form>
  )
}
