/**
 * The list of stories, and the place where a story of one's own is opened or begun.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useClosedDialog } from '../shell/closed-dialog.ts'
import { state } from '../state/store.ts'
import { inLanguage, texts } from './messages/index.ts'
import { openFirst, saveText, takeStories } from './own-story.ts'
import type { Story } from './story.ts'
import { storyNames } from './story-names.ts'
import { close, goTo, own, ownFaults, shownLink, stories } from './teller.ts'

export function StoryList({ isGone }: { readonly isGone: boolean }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useClosedDialog(dialog, close)
  useEffect(() => {
    dialog.current!.showModal()
    return takeStories()
  }, [])
  const text = texts()
  return (
    <dialog ref={dialog} class="story-list" aria-labelledby="stories-title">
      <h2 id="stories-title">{text.listTitle}</h2>
      <p>{text.listLead}</p>
      <ul>
        {storyNames.map((name) => {
          const story = stories.value[name]
          return story && <Entry key={name} story={story} start={() => goTo(name, 0)} />
        })}
      </ul>
      <OwnStory isGone={isGone} />
      <form method="dialog">
        <button type="submit" class="quiet">
          {text.closeList}
        </button>
      </form>
    </dialog>
  )
}

function Entry({
  story,
  start,
}: {
  readonly story: Story
  readonly start: () => void
}): JSX.Element {
  return (
    <li>
      <button type="button" onClick={start}>
        <b>{inLanguage(story.title)}</b>
        <small>{texts().stepCount(story.steps.length)}</small>
        <span>{inLanguage(story.about)}</span>
      </button>
    </li>
  )
}

function OwnStory({ isGone }: { readonly isGone: boolean }): JSX.Element {
  const text = texts()
  const input = useRef<HTMLInputElement>(null)
  const mine = own.value
  return (
    <section class="own" aria-labelledby="own-title">
      <h3 id="own-title">{text.ownTitle}</h3>
      <p>{isGone ? text.gone : text.ownWhat}</p>
      {mine && (
        <p class="own-open">
          <b>{inLanguage(mine.story.title)}</b>{' '}
          <button type="button" class="quiet" onClick={() => goTo('own', 0)}>
            {text.again}
          </button>{' '}
          <button type="button" class="quiet" onClick={() => saveText(mine.text, mine.fileName)}>
            {text.save}
          </button>
        </p>
      )}
      <p>
        <button type="button" class="primary" onClick={() => input.current!.click()}>
          {text.choose}
        </button>
        <input
          ref={input}
          type="file"
          accept=".json,application/json"
          hidden
          aria-hidden="true"
          tabIndex={-1}
          onChange={(event) => {
            openFirst(event.currentTarget.files)
            // The same file may be chosen again.
            event.currentTarget.value = ''
          }}
        />{' '}
        <span class="note">{text.dropHint}</span>
      </p>
      <Faults />
      <CopyStep />
    </section>
  )
}

const maxShown = 8

function Faults(): JSX.Element {
  const text = texts()
  const faults = ownFaults.value
  return (
    <div class="faults" role="alert">
      {faults.length > 0 && (
        <>
          <p>{text.faults(faults.length)}</p>
          <ul lang="en">
            {faults.slice(0, maxShown).map(({ place, message }) => (
              <li key={place + message}>
                {place !== '' && <code>{place}</code>} {message}
              </li>
            ))}
          </ul>
          {faults.length > maxShown && <p>{text.moreFaults(faults.length - maxShown)}</p>}
        </>
      )}
    </div>
  )
}

/** The page as a step of a story: the link, and an empty sentence for each language. */
function CopyStep(): JSX.Element {
  const text = texts()
  const copied = useSignal<boolean | undefined>(undefined)
  const json = JSON.stringify({ link: shownLink(state.value), say: { en: '', zh: '' } }, null, 2)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(json)
      copied.value = true
    } catch {
      copied.value = false
    }
  }
  return (
    <>
      <p>
        <button type="button" class="quiet" onClick={() => void copy()}>
          {text.copyStep}
        </button>{' '}
        <span role="status" class="note">
          {copied.value === true && text.copied}
          {copied.value === false && text.copyFailed}
        </span>
      </p>
      {copied.value === false && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls needs the focus.
        <pre tabIndex={0}>{json}</pre>
      )}
    </>
  )
}
