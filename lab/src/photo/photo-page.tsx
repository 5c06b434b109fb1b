/**
 * The picture page: the user's picture before and after filters, what can be set, and what was
 * found. Everything is computed on this device.
 */

import './photo.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { PageFrame } from '../pages/page-frame.tsx'
import { change } from '../state/store.ts'
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
  const text = texts()
  return (
    <PageFrame
      kind={isDropping.value ? 'photo-page dropping' : 'photo-page'}
      title={text.title}
      headline={text.headline}
      skip={{ text: text.skip, to: 'picture' }}
      back={{ text: text.toLens, go: () => change({ photo: undefined }) }}
    >
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
    </PageFrame>
  )
}
