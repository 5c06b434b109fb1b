/** The picture: what it shows, how large, and as which file. The preview is the file itself. */

import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { messages } from '../messages/messages.ts'
import { texts as stageTexts } from '../stage/messages/index.ts'
import { dockNames, type ViewName } from '../state/state.ts'
import { isOnStage } from '../state/store.ts'
import type { Save } from './data-files.ts'
import { texts } from './messages/index.ts'
import { type PictureName, pictureNames, pngOf, svgOf } from './picture-files.ts'
import { problemName } from './problem-name.ts'

const scales = [1, 2, 4] as const

function titleOf(name: PictureName): string {
  if (name === 'figure') return texts().figure
  const dock = dockNames.find((candidate) => candidate === name)
  return isOnStage.value && dock ? stageTexts().docks[dock][0] : messages().views[name as ViewName]
}

export function PicturePart({ save }: { readonly save: Save }): JSX.Element {
  const text = texts()
  const names = useMemo(pictureNames, [])
  const chosen = useSignal<PictureName>(names.at(isOnStage.peek() ? -1 : 0)!)
  const scale = useSignal<number>(2)
  const preview = useSignal<
    { readonly address: string; width: number; height: number } | undefined
  >(undefined)
  useSignalEffect(() => {
    let address: string | undefined
    let isOld = false
    void svgOf(chosen.value).then(({ text, width, height }) => {
      if (isOld) return
      address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
      preview.value = { address, width, height }
    })
    return () => {
      isOld = true
      if (address !== undefined) URL.revokeObjectURL(address)
    }
  })
  const name = (ending: string): string =>
    `${chosen.peek() === 'figure' ? 'convolution' : chosen.peek()}-${problemName()}.${ending}`
  const svgFile = async (): Promise<Blob> =>
    new Blob([(await svgOf(chosen.value)).text], { type: 'image/svg+xml' })
  const shown = preview.value
  return (
    <section aria-labelledby="save-picture">
      <h3 id="save-picture">{text.picture}</h3>
      {shown ? (
        <img
          class="save-preview"
          src={shown.address}
          width={shown.width}
          height={shown.height}
          alt={titleOf(chosen.value)}
        />
      ) : (
        <div class="save-preview-room" />
      )}
      <p class="save-row">
        {names.length > 1 && (
          <label>
            {text.whichPicture}{' '}
            <select
              data-picture
              value={chosen.value}
              onChange={(event) => {
                chosen.value = event.currentTarget.value as PictureName
              }}
            >
              {names.map((each) => (
                <option key={each} value={each}>
                  {titleOf(each)}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="button" data-first data-save="svg" onClick={() => save(name('svg'), svgFile)}>
          {text.saveSvg}
        </button>
        <button
          type="button"
          data-save="png"
          onClick={() =>
            save(name('png'), () => svgOf(chosen.value).then((svg) => pngOf(svg, scale.value)))
          }
        >
          {text.savePng}
        </button>
        <label>
          <span class="hidden">{text.pngScale}</span>
          <select
            data-scale
            value={scale.value}
            onChange={(event) => {
              scale.value = Number(event.currentTarget.value)
            }}
          >
            {scales.map((times) => (
              <option key={times} value={times}>
                {`${times}× · ${(shown?.width ?? 0) * times} × ${(shown?.height ?? 0) * times}`}
              </option>
            ))}
          </select>
        </label>
      </p>
    </section>
  )
}
