/**
 * The runners: the mark of each curve, whether its results are right, its last value, or why it
 * does not run. A switch leaves a runner out.
 */

import type { JSX } from 'preact'
import { part } from '../state/store.ts'
import { pointValue } from './chart-layout.ts'
import { MarkIcon } from './marks.tsx'
import { nameOf, texts } from './messages/index.ts'
import { reasonIn } from './messages/reasons.ts'
import { course, leaveOut, leftOut, results, runners } from './race.ts'
import { latestOf, type SizeResult, type Standing } from './results.ts'
import type { Runner } from './runners.ts'
import { digits, textOf, timeText } from './units.ts'
import { measure, pointedRunner } from './view.ts'

export function RunnerList(): JSX.Element {
  const text = texts()
  return (
    <section class="race-runners" aria-labelledby="race-runners-title">
      <h2 id="race-runners-title">{text.runners}</h2>
      <ul>
        {runners.value.map((runner) => (
          <Line key={runner.name} runner={runner} />
        ))}
      </ul>
    </section>
  )
}

function Line({ runner }: { readonly runner: Runner }): JSX.Element {
  const text = texts()
  const { name } = runner
  const isOut = leftOut.value.has(name)
  const latest = latestOf(results.value, name)
  const measured = latestMeasured(results.value, name)
  const isFaulty = latest?.standing.kind === 'wrong' || latest?.standing.kind === 'failed'
  const point = (isOn: boolean): void => {
    pointedRunner.value = isOn ? name : undefined
  }
  return (
    <li
      class={isOut ? 'is-out' : ''}
      data-runner-line={name}
      data-state={isOut ? 'left-out' : (latest?.standing.kind ?? 'waiting')}
      onPointerEnter={() => point(true)}
      onPointerLeave={() => point(false)}
      onFocusCapture={() => point(true)}
      onBlurCapture={() => point(false)}
    >
      <label>
        <input
          type="checkbox"
          checked={!isOut}
          aria-label={text.takesPart(nameOf(name))}
          onChange={(event) => leaveOut(name, !event.currentTarget.checked)}
        />
        <MarkIcon runner={runner} />
        <span class="runner-name">{nameOf(name)}</span>
      </label>
      <span class="tick-place">
        {measured && !isFaulty && (
          <span
            class="verified"
            title={text.verifiedTitle(
              measured.checked,
              error(measured.standing.difference),
              error(measured.standing.bound),
            )}
          >
            <svg viewBox="0 0 12 12" aria-hidden="true">
              <path d="M1.5 6.5 4.5 9.5 10.5 2.5" />
            </svg>
            {text.verified}
          </span>
        )}
      </span>
      <span class="last-value">
        {measured &&
          textOf[measure.value](pointValue(measure.value, { n: measured.n, ...measured.standing }))}
      </span>
      <Reason latest={latest} isOut={isOut} />
    </li>
  )
}

/** Differences are small: one digit, with its power of ten. */
const error = (value: number): string =>
  value === 0 ? '0' : value.toExponential(0).replace('-', '−')

function latestMeasured(all: readonly SizeResult[], name: string) {
  const last = all.findLast(({ standings }) => standings[name]?.kind === 'measured')
  const standing = last?.standings[name]
  return standing?.kind === 'measured'
    ? { n: last!.n, checked: last!.checked, standing }
    : undefined
}

function Reason({
  latest,
  isOut,
}: {
  readonly latest: { readonly n: number; readonly standing: Standing } | undefined
  readonly isOut: boolean
}): JSX.Element | null {
  const text = texts()
  if (isOut) return <span class="reason">{text.leftOut}</span>
  if (!latest) return null
  const { n, standing } = latest
  const size = text.sizeOf(course.value.family, n)
  switch (standing.kind) {
    case 'measured':
    case 'left-out':
      return null
    case 'slow':
      return <span class="reason">{text.slow(size, timeText(standing.milliseconds))}</span>
    case 'wrong':
      return (
        <span class="reason is-fault">
          {text.wrong(
            size,
            standing.index.join(', '),
            digits(standing.actual),
            digits(standing.expected),
            error(standing.bound),
          )}
        </span>
      )
    case 'failed':
      return (
        <span class="reason is-fault">
          {text.failed(size)} <Sentence text={standing.message} />
        </span>
      )
    case 'unsupported':
      return (
        <span class="reason">
          {text.unsupported(size)} <Sentence text={standing.reason} />
        </span>
      )
  }
}

const language = part('language')

/** A sentence without a translation stays English, and screen readers read it as English. */
function Sentence({ text }: { readonly text: string }): JSX.Element {
  const known = reasonIn(language.value, text)
  return <span {...(known === undefined && { lang: 'en' })}>{known ?? text}</span>
}
