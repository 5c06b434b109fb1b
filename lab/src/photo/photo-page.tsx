/**
 * The picture page: the user's picture before and after filters, what can be set, and what was
 * found. Everything is computed on this device.
 */

import './photo.css'
import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { applyUpdate } from '../offline/update.ts'
import { Settings } from '../stage/bar.tsx'
import { Later } from '../stage/later.tsx'
import { texts as stageTexts } from '../stage/messages/index.ts'
import { change, linkErrors } from '../state/store.ts'
import { stopCamera } from './camera.ts'
import { Facts } from './facts.tsx'
import { Filters } from './filters.tsx'
import { HistogramPanel } from './histogram.tsx'
import { Inspector } from './inspector.tsx'
import { isDropping, takePictures } from './intake.ts'
import { KernelEditor } from './kernel-editor.tsx'
import { texts } from './messages/index.ts'
import { NoticeLine } from './notice-line.tsx'
import { Options } from './options.tsx'
import { followPhoto } from './photo.ts'
import { PictureView } from './picture-view.tsx'
import { SaveButtons } from './save-buttons.tsx'
import { Toolbar } from './toolbar.tsx'

export function PhotoPage(): JSX.Element {
  useEffect(followPhoto, [])
  useEffect(takePictures, [])
  useEffect(() => stopCamera, [])
  useSignalEffect(() => {
    document.title = texts().title
  })
  const text = texts()
  return (
    <main class={isDropping.value ? 'photo-page dropping' : 'photo-page'}>
      <button
        type="button"
        class="skip"
        onClick={() => document.getElementById('picture')?.focus()}
      >
        {text.skip}
      </button>
      <div class="bar">
        <button type="button" class="to-lens" onClick={() => change({ photo: undefined })}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M10 2.5 4.5 8l5.5 5.5" />
          </svg>
          {text.toLens}
        </button>
        <span class="brand">{stageTexts().brand}</span>
        <Settings />
      </div>
      <h1>
        <em>{text.headline[0]}</em> {text.headline[1]}
      </h1>
      <div class="photo-columns">
        <div class="photo-sight">
          <Toolbar />
          <NoticeLine />
          <PictureView />
          <SaveButtons />
          <div class="photo-found">
            <Inspector />
            <HistogramPanel />
            <Facts />
          </div>
        </div>
        <div class="photo-controls">
          <Filters />
          <KernelEditor />
          <Options />
        </div>
      </div>
      {isDropping.value && (
        <p class="drop-here" aria-hidden="true">
          {text.dropNow}
        </p>
      )}
      {(linkErrors.value.length > 0 || applyUpdate.value !== undefined) && (
        <Later load={loadNotices} />
      )}
    </main>
  )
}

const loadNotices = (): ReturnType<typeof importNotices> => importNotices()
const importNotices = () => import('../stage/notices.tsx')
