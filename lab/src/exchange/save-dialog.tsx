/** “Save or copy”: the picture, its animation, the numbers, the code, and the frame for a page. */

import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { messageOf } from '../model/message-of.ts'
import { fitsStage } from '../state/fits-stage.ts'
import { state } from '../state/store.ts'
import { CodePart } from './code-part.tsx'
import { type Save, saveFile } from './data-files.ts'
import { EmbedPart } from './embed-part.tsx'
import { GifPart } from './gif-part.tsx'
import { texts } from './messages/index.ts'
import { NumbersPart } from './numbers-part.tsx'
import { PicturePart } from './picture-part.tsx'

export function SaveDialog(): JSX.Element {
  const told = useSignal('')
  const save: Save = (name, make) => {
    void (async () => {
      try {
        saveFile(await make(), name)
        told.value = texts().saved(name)
      } catch (error) {
        told.value = texts().failed(messageOf(error))
      }
    })()
  }
  const isPlane = fitsStage(state.value)
  return (
    <>
      <div class="save-columns">
        <div>
          {(isPlane || state.value.views.length > 0) && <PicturePart save={save} />}
          {isPlane && <GifPart told={told} />}
          <NumbersPart save={save} />
        </div>
        <div>
          <CodePart save={save} />
          {isPlane && <EmbedPart />}
        </div>
      </div>
      <Told text={told} />
    </>
  )
}

const Told = ({ text }: { readonly text: Signal<string> }): JSX.Element => (
  <p class="save-told" role="status">
    {text}
  </p>
)
