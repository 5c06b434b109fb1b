/** The animation. It is made in a worker; a second press stops it. */

import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { parseCase } from 'stridefold/sync'
import { messageOf } from '../model/message-of.ts'
import { product } from '../model/numbers.ts'
import { colours } from '../stage/colours.ts'
import { state } from '../state/store.ts'
import { saveFile } from './data-files.ts'
import { type RunningGif, runGif } from './gif-client.ts'
import { gifLength } from './gif-frames.ts'
import { texts } from './messages/index.ts'
import { postedModel } from './picture-files.ts'
import { problemName } from './problem-name.ts'

export function GifPart({ told }: { readonly told: Signal<string> }): JSX.Element {
  const text = texts()
  const percent = useSignal<number | undefined>(undefined)
  const running = useRef<RunningGif | undefined>(undefined)
  useEffect(() => () => running.current?.stop(), [])
  const start = async (): Promise<void> => {
    const name = `window-${problemName()}.gif`
    percent.value = 0
    try {
      const job = {
        model: postedModel(),
        colours: colours.peek(),
        language: state.peek().language,
      }
      running.current = runGif(job, (share) => {
        percent.value = Math.floor(share * 100)
      })
      const result = await running.current.result
      if (result === 'large') told.value = texts().gifLarge
      else if (result) {
        saveFile(new Blob([result], { type: 'image/gif' }), name)
        told.value = texts().saved(name)
      }
    } catch (error) {
      told.value = texts().failed(messageOf(error))
    }
    running.current = undefined
    percent.value = undefined
  }
  const { axes } = parseCase(state.value.problem)
  const { frames, seconds } = gifLength(product(axes.map((axis) => axis.output)))
  const isRunning = percent.value !== undefined
  return (
    <section aria-labelledby="save-gif">
      <h3 id="save-gif">{text.animation}</h3>
      <p class="save-row">
        <button
          type="button"
          data-save="gif"
          onClick={() => (isRunning ? running.current?.stop() : void start())}
        >
          {isRunning ? text.stop : text.saveGif}
        </button>
        <span>
          {isRunning ? text.gifProgress(percent.value!) : text.gifFrames(frames, seconds)}
        </span>
      </p>
      {isRunning && <progress max={100} value={percent.value} aria-label={text.animation} />}
    </section>
  )
}
