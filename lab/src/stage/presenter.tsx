/**
 * The parts of a presentation: a red dot in place of the pointer, and the connection to the
 * speaker's window.
 */

import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { part } from '../state/store.ts'
import { texts } from './messages/index.ts'
import { numberText } from './number.ts'
import { isPlaying } from './player.ts'
import {
  isSpeakerOpening,
  type SpeakerAct,
  type SpeakerNews,
  speakerChannel,
} from './speaker-channel.ts'
import { position, stageModel } from './stage.ts'
import { actOnStage, present } from './stage-keys.ts'
import { plainText, result, verdict } from './words.ts'

const isPresenting = part('present')
const restMs = 2500

export default function Presenter(): JSX.Element {
  const laser = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const follow = (event: PointerEvent): void => {
      const dot = laser.current!
      if (event.pointerType === 'touch') return
      dot.hidden = false
      dot.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`
      clearTimeout(timer)
      timer = setTimeout(() => {
        dot.hidden = true
      }, restMs)
    }
    addEventListener('pointermove', follow)
    return () => {
      clearTimeout(timer)
      removeEventListener('pointermove', follow)
    }
  }, [])
  useFullScreen()
  useSpeaker()
  return <div ref={laser} class="laser" hidden aria-hidden="true" />
}

/**
 * Leaving full screen ends the presentation. But a browser leaves it for every window that opens,
 * so after the speaker's window the next key or click returns to it.
 */
function useFullScreen(): void {
  useEffect(() => {
    let returns = false
    const onChange = (): void => {
      if (document.fullscreenElement || !isPresenting.peek()) return
      if (isSpeakerOpening()) returns = true
      else present(false)
    }
    const onAct = (event: Event): void => {
      if (!returns || (event instanceof KeyboardEvent && event.key === 'Escape')) return
      returns = false
      present(true)
    }
    const acts = ['keydown', 'pointerdown'] as const
    document.addEventListener('fullscreenchange', onChange)
    for (const act of acts) addEventListener(act, onAct)
    return () => {
      document.removeEventListener('fullscreenchange', onChange)
      for (const act of acts) removeEventListener(act, onAct)
    }
  }, [])
}

/** Tells the speaker's window what is shown, and does what its buttons ask for. */
function useSpeaker(): void {
  const channel = useRef<BroadcastChannel | undefined>(undefined)
  useEffect(() => {
    const opened = new BroadcastChannel(speakerChannel())
    channel.current = opened
    opened.onmessage = ({ data }: MessageEvent<SpeakerAct>) => {
      if (data.kind === 'ask') tell(opened)
      else if (data.kind === 'act') actOnStage(data.key)
    }
    tell(opened)
    return () => {
      opened.postMessage({ kind: 'end' } satisfies SpeakerNews)
      opened.close()
      channel.current = undefined
    }
  }, [])
  useSignalEffect(() => {
    const news = newsNow()
    channel.current?.postMessage(news)
  })
}

const tell = (channel: BroadcastChannel): void => channel.postMessage(newsNow())

function newsNow(): SpeakerNews {
  const { width, height } = stageModel.value.output
  const { parts, meaning } = verdict.value
  return {
    kind: 'news',
    place: texts().of(position.value + 1, width * height),
    result: numberText(result.value),
    sentence: `${plainText(parts)} ${meaning}`.trim(),
    isPlaying: isPlaying.value,
  }
}
