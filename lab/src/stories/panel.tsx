/**
 * The panel of a story at the lower edge of the window: the sentence of the step, its question, and
 * the ways to other steps. It has one height, so the page above stays as it is from step to step.
 */

import { useSignalEffect } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { layout } from '../stage/layout.ts'
import { part } from '../state/store.ts'
import { inLanguage, texts } from './messages/index.ts'
import { isFolded, useKeys, useRoom } from './panel-room.ts'
import { AskedQuestion } from './question.tsx'
import { keepViewInSight } from './sight.ts'
import {
  close,
  focusCalls,
  following,
  goTo,
  hasLeft,
  openList,
  outcomeOf,
  passOutputs,
  restore,
  stories,
  type Told,
  told,
  turn,
} from './teller.ts'

const isPresenting = part('present')

export function StoryPanel(): JSX.Element | null {
  const panel = useRef<HTMLElement>(null)
  useRoom()
  useSignalEffect(passOutputs)
  useKeys(panel)
  const now = told.value
  if (!now) return null
  const text = texts()
  const title = inLanguage(now.story.title)
  const kind = [
    'story',
    isPresenting.value ? 'presented' : '',
    layout.value.isPhone ? 'on-phone' : '',
  ]
  return (
    <aside ref={panel} class={kind.join(' ')} aria-label={text.story(title)}>
      <header>
        <h2>{title}</h2>
        <Dots {...now} />
        <div class="story-tools">
          <button
            type="button"
            class="quiet restore"
            aria-disabled={!hasLeft.value}
            title={text.restoreHint}
            onClick={() => hasLeft.peek() && restore()}
          >
            {text.restore}
          </button>
          <Tool label={text.all} onClick={openList}>
            <path d="M2 4h12M2 8h12M2 12h12" />
          </Tool>
          <Tool
            label={isFolded.value ? text.unfold : text.fold}
            isOpen={!isFolded.value}
            onClick={() => {
              isFolded.value = !isFolded.value
            }}
          >
            <path d={isFolded.value ? 'm3 10 5-5 5 5' : 'm3 6 5 5 5-5'} />
          </Tool>
          <Tool label={text.close} onClick={close}>
            <path d="m3.5 3.5 9 9m0-9-9 9" />
          </Tool>
        </div>
      </header>
      {!isFolded.value && <Body {...now} />}
    </aside>
  )
}

function Tool({
  label,
  isOpen,
  onClick,
  children,
}: {
  readonly label: string
  readonly isOpen?: boolean
  readonly onClick: () => void
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    <button
      type="button"
      class="tool"
      aria-label={label}
      title={label}
      {...(isOpen !== undefined && { 'aria-expanded': isOpen })}
      onClick={onClick}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {children}
      </svg>
    </button>
  )
}

/** One dot for each step: empty with an open question, full with an answer. */
function Dots({ name, story, at }: Told): JSX.Element {
  const text = texts()
  return (
    <nav class="dots" aria-label={text.steps}>
      <ol>
        {story.steps.map((step, i) => {
          const outcome = step.ask ? (outcomeOf(step) ?? 'open') : 'none'
          return (
            <li key={step}>
              <button
                type="button"
                aria-label={text.step(i + 1, outcome)}
                title={text.step(i + 1, outcome)}
                data-outcome={outcome}
                {...(i === at && { 'aria-current': 'step' })}
                onClick={() => goTo(name, i)}
              />
            </li>
          )
        })}
      </ol>
      <span class="count">{text.stepOf(at + 1, story.steps.length)}</span>
    </nav>
  )
}

function Body(now: Told): JSX.Element {
  const { name, story, at, step } = now
  const text = texts()
  const say = useRef<HTMLParagraphElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const seen = useRef(-1)
  useSignalEffect(() => {
    const calls = focusCalls.value
    if (calls === seen.current) return
    seen.current = calls
    if (calls > 0) say.current?.focus({ preventScroll: true })
  })
  useLayoutEffect(() => content.current?.scrollTo(0, 0), [step])
  const outcome = outcomeOf(step)
  useEffect(() => keepViewInSight(), [step, outcome])
  const isLast = at === story.steps.length - 1
  const next = following(name)
  const nextStory = next && stories.value[next]
  return (
    <div class="story-body">
      <Turn label={text.back} by={-1} isEnd={at === 0} />
      <div ref={content} class="story-content">
        <div class="telling">
          <p ref={say} class="say" tabIndex={-1}>
            {inLanguage(step.say)}
          </p>
          {isLast && (
            <p class="end">
              {nextStory ? (
                <button type="button" class="quiet" onClick={() => goTo(next, 0)}>
                  {text.next(inLanguage(nextStory.title))}
                </button>
              ) : (
                <>
                  {text.end}{' '}
                  <button type="button" class="quiet" onClick={openList}>
                    {text.all}
                  </button>
                </>
              )}
            </p>
          )}
        </div>
        {step.ask && <AskedQuestion key={step} step={step} ask={step.ask} />}
      </div>
      <Turn label={text.on} by={1} isEnd={isLast} />
    </div>
  )
}

function Turn({
  label,
  by,
  isEnd,
}: {
  readonly label: string
  readonly by: 1 | -1
  readonly isEnd: boolean
}): JSX.Element {
  return (
    <button
      type="button"
      class={`turn ${by === 1 ? 'on' : 'back'}`}
      title={`${label}. ${texts().keys}`}
      aria-disabled={isEnd}
      onClick={() => turn(by)}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={by === 1 ? 'm6 2.5 5.5 5.5L6 13.5' : 'M10 2.5 4.5 8l5.5 5.5'} />
      </svg>
      <span>{label}</span>
    </button>
  )
}
