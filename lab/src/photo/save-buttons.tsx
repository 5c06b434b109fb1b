/** Saves the whole result. While a file is made, its progress and a way to stop it. */

import type { JSX } from 'preact'
import { camera } from './camera.ts'
import { texts } from './messages/index.ts'
import { opened, save, saving, stopSaving } from './photo.ts'

export function SaveButtons(): JSX.Element {
  const text = texts()
  const done = saving.value
  const isOff = opened.value === undefined || camera.value === 'on'
  if (done !== undefined)
    return (
      <div class="save-buttons">
        <span role="status">{text.saving(Math.floor(done * 100))}</span>
        <button type="button" class="quiet" id="save" onClick={stopSaving}>
          {text.cancel}
        </button>
      </div>
    )
  return (
    <div class="save-buttons">
      <button type="button" class="quiet" id="save" disabled={isOff} onClick={() => save('png')}>
        {text.savePng}
      </button>
      <button type="button" class="quiet" disabled={isOff} onClick={() => save('npy')}>
        {text.saveNpy}
      </button>
    </div>
  )
}
