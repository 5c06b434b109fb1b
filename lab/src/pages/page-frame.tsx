/**
 * The frame of every page that is loaded on its own: the way back to the first screen, language,
 * theme and link, the headline, and what was wrong in the link.
 */

import '../style/range.css'
import './page.css'
import { useSignalEffect } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { applyUpdate } from '../offline/update.ts'
import { Settings } from '../stage/bar.tsx'
import { Later } from '../stage/later.tsx'
import { texts as stageTexts } from '../stage/messages/index.ts'
import { linkErrors } from '../state/store.ts'

interface PageFrameProps {
  /** The class of the page's own rules. */
  readonly kind: string
  /** The title of the document. */
  readonly title: string
  readonly headline: readonly [name: string, rest: string]
  readonly skip: { readonly text: string; readonly to: string }
  readonly back: { readonly text: string; readonly go: () => void }
  readonly children: ComponentChildren
}

export function PageFrame(props: PageFrameProps): JSX.Element {
  const { kind, title, headline, skip, back, children } = props
  useSignalEffect(() => {
    document.title = title
  })
  return (
    <main class={`lab-page ${kind}`}>
      <button type="button" class="skip" onClick={() => document.getElementById(skip.to)?.focus()}>
        {skip.text}
      </button>
      <div class="bar">
        <button type="button" class="to-lens" onClick={back.go}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M10 2.5 4.5 8l5.5 5.5" />
          </svg>
          {back.text}
        </button>
        <span class="brand">{stageTexts().brand}</span>
        <Settings />
      </div>
      <h1>
        <em>{headline[0]}</em> {headline[1]}
      </h1>
      {children}
      {(linkErrors.value.length > 0 || applyUpdate.value !== undefined) && (
        <Later load={loadNotices} />
      )}
    </main>
  )
}

const loadNotices = (): ReturnType<typeof importNotices> => importNotices()
const importNotices = () => import('../stage/notices.tsx')
