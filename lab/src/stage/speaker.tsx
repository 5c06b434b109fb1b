/**
 * The speaker's window: what the presentation shows, its buttons, a clock, and room for notes. The
 * notes stay in this window.
 */

import './speaker.css'
import { type Signal, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { texts } from './messages/index.ts'
import type { SpeakerAct, SpeakerNews } from './speaker-channel.ts'

const news: Signal<SpeakerNews | undefined> = signal(undefined)
const seconds: Signal<number> = signal(0)

const keys = [
  ['PageUp', '‹'],
  ['PageDown', '›'],
] as const

export function Speaker({ channelName }: { readonly channelName: string }): JSX.Element {
  useEffect(() => {
    const channel = new BroadcastChannel(channelName)
    send = (act) => channel.postMessage(act)
    channel.onmessage = ({ data }: MessageEvent<SpeakerNews>) => {
      news.value = data
    }
    send({ kind: 'ask' })
    const clock = setInterval(() => {
      seconds.value += 1
    }, 1000)
    const onKey = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLTextAreaElement) return
      if (!/^(PageUp|PageDown|Arrow\w+| )$/.test(event.key)) return
      event.preventDefault()
      send({ kind: 'act', key: event.key })
    }
    addEventListener('keydown', onKey)
    return () => {
      channel.close()
      clearInterval(clock)
      removeEventListener('keydown', onKey)
    }
  }, [])
  const text = texts()
  const now = news.value
  const minutes = Math.floor(seconds.value / 60)
  return (
    <main class="speaker">
      <h1>{text.speaker}</h1>
      {now?.kind === 'news' ? (
        <section aria-live="polite">
          <p class="now">
            <strong>{now.result}</strong> {now.place}
          </p>
          <p>{now.sentence}</p>
        </section>
      ) : (
        <p>{now ? text.presentationEnded : text.loading}</p>
      )}
      <div class="buttons">
        <button type="button" onClick={() => send({ kind: 'act', key: ' ' })}>
          {now?.kind === 'news' && now.isPlaying ? text.pause : text.play}
        </button>
        {keys.map(([key, sign]) => (
          <button
            key={key}
            type="button"
            aria-label={key === 'PageUp' ? text.back : text.on}
            onClick={() => send({ kind: 'act', key })}
          >
            {sign}
          </button>
        ))}
        <span class="clock">
          {minutes}:{String(seconds.value % 60).padStart(2, '0')}
        </span>
      </div>
      <label class="notes">
        {text.notes}
        <textarea rows={8} />
      </label>
    </main>
  )
}

let send: (act: SpeakerAct) => void = () => undefined
