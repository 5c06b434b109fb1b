/**
 * The question of a step. A wrong answer says why and can be tried again. “Show me” is always
 * there. Afterwards the answer stands where the question was asked, and the page shows it.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { numberText } from '../stage/number.ts'
import { typedNumber } from '../stage/typed-number.ts'
import type { Answer } from './answers.ts'
import { CellTable } from './cell-table.tsx'
import { isSame } from './expression.ts'
import { inLanguage, texts } from './messages/index.ts'
import type { Question, Step } from './story.ts'
import { answer, type Outcome, outcomeOf, settle } from './teller.ts'

interface AskProps {
  readonly step: Step
  readonly ask: Question
}

export function AskedQuestion({ step, ask }: AskProps): JSX.Element {
  const text = texts()
  /** Why the last answer is wrong. */
  const said = useSignal<string | undefined>(undefined)
  const outcome = outcomeOf(step)
  const known = answer(step)
  const done = useRef<HTMLParagraphElement>(null)
  const wasOpen = useRef(outcome === undefined)
  // The control that had the focus is gone when the answer stands there.
  useLayoutEffect(() => {
    if (outcome !== undefined && wasOpen.current) done.current?.focus({ preventScroll: true })
    wasOpen.current = outcome === undefined
  }, [outcome])
  const finish = (outcome: Outcome): void => {
    said.value = undefined
    settle(step, outcome)
  }
  return (
    <div class="ask">
      <p class="asked" id="story-question">
        {inLanguage(ask.question)}
      </p>
      {outcome === undefined ? (
        <Controls
          known={known}
          ask={ask}
          said={said.value}
          onSay={(reason) => {
            said.value = reason
          }}
          onRight={() => finish('right')}
          onShow={() => finish('shown')}
        />
      ) : (
        <div class="pointing">
          {(known.kind === 'cell' || known.kind === 'find') && (
            <CellTable known={known} ask={ask} isSettled />
          )}
          <p ref={done} class="said right" tabIndex={-1} role="status" data-outcome={outcome}>
            <b>{outcome === 'right' ? `✓ ${text.right}` : `→ ${text.answerIs}`}</b>{' '}
            <strong>{answerText(known)}</strong> {inLanguage(ask.because)}
          </p>
        </div>
      )}
    </div>
  )
}

/** The answer in a line. A cell is marked in its table, a fault has its right number. */
function answerText(known: Answer): string {
  switch (known.kind) {
    case 'number':
      return `${numberText(known.value)}.`
    case 'choices':
      return inLanguage(known.choices[known.right]!.text)
    case 'cell':
      return ''
    case 'find': {
      const columns = known.cells[0]!.length
      const faults = [...known.right].map((place) => {
        const [row, column] = [Math.floor(place / columns), place % columns]
        const [shown, truth] = [known.cells[row]![column]!, known.truth[row]![column]!]
        return texts().faultAt(numberText(shown), numberText(truth))
      })
      const few = faults.slice(0, 4).join('; ')
      return `${few}${faults.length > 4 ? ' …' : ''}.`
    }
  }
}

interface ControlsProps {
  readonly known: Answer
  readonly ask: Question
  /** Why the last answer is wrong. */
  readonly said: string | undefined
  readonly onSay: (reason: string) => void
  readonly onRight: () => void
  readonly onShow: () => void
}

function Controls({ known, ...props }: ControlsProps): JSX.Element {
  if (known.kind === 'number') return <NumberForm {...props} known={known} />
  if (known.kind === 'choices') return <Choices {...props} known={known} />
  return <Pointing {...props} known={known} />
}

type Of<Kind extends Answer['kind']> = Omit<ControlsProps, 'known'> & {
  readonly known: Extract<Answer, { readonly kind: Kind }>
}

const ShowMe = ({ onShow }: Pick<ControlsProps, 'onShow'>): JSX.Element => (
  <button type="button" class="quiet show-me" onClick={onShow}>
    {texts().showMe}
  </button>
)

/** It is there from the start, so that screen readers read what comes into it. */
const Said = ({ said }: Pick<ControlsProps, 'said'>): JSX.Element => (
  <p class="said" role="status">
    {said !== undefined && (
      <>
        <b aria-hidden="true">✗</b> {said}
      </>
    )}
  </p>
)

function Choices({ known, said, onSay, onRight, onShow }: Of<'choices'>): JSX.Element {
  return (
    <>
      <div class="choices" role="group" aria-labelledby="story-question">
        {known.choices.map((choice, i) => (
          <button
            key={choice}
            type="button"
            class="quiet choice"
            onClick={() => {
              if (i === known.right) onRight()
              else onSay(choice.why ? inLanguage(choice.why) : texts().notThis)
            }}
          >
            {inLanguage(choice.text)}
          </button>
        ))}
        <ShowMe onShow={onShow} />
      </div>
      <Said said={said} />
    </>
  )
}

function Pointing({ known, ask, said, onSay, onRight, onShow }: Of<'cell' | 'find'>): JSX.Element {
  const text = texts()
  const choose = (row: number, column: number): void => {
    if (known.right.has(row * known.cells[0]!.length + column)) return onRight()
    const reason = known.kind === 'find' ? text.isRight : text.notThisCell
    onSay(reason(row + 1, column + 1, numberText(known.cells[row]![column]!)))
  }
  return (
    <div class="pointing">
      <CellTable known={known} ask={ask} onChoose={choose} />
      <div>
        <p class="point-hint">{text.pointAt}</p>
        <ShowMe onShow={onShow} />
        <Said said={said} />
      </div>
    </div>
  )
}

function NumberForm({ known, said, onSay, onRight, onShow }: Of<'number'>): JSX.Element {
  const text = texts()
  const field = useRef<HTMLInputElement>(null)
  const check = (): void => {
    const typed = typedNumber(field.current!.value)
    field.current!.select()
    if (Number.isNaN(typed)) return onSay(text.notNumber)
    if (isSame(typed, known.value)) return onRight()
    const wrong = known.wrong.find(({ value }) => isSame(value, typed))
    if (wrong) return onSay(inLanguage(wrong.why))
    onSay(text[typed < known.value ? 'tooSmall' : 'tooLarge'](numberText(typed)))
  }
  return (
    <>
      <form
        class="number-form"
        onSubmit={(event) => {
          event.preventDefault()
          check()
        }}
      >
        <input
          ref={field}
          type="text"
          inputMode="decimal"
          autocomplete="off"
          aria-label={text.yourNumber}
          placeholder="?"
          aria-invalid={said !== undefined}
        />
        <button type="submit" class="primary">
          {text.check}
        </button>
        <ShowMe onShow={onShow} />
      </form>
      <Said said={said} />
    </>
  )
}
