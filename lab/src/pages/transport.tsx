/**
 * Play, one step back and on, and a slider over the steps. The keys `,` `.` and Space do the same,
 * and `[` `]` move by larger steps where a page has them.
 */

import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { typedCharacter } from '../grid/typed-character.ts'
import { part } from '../state/store.ts'
import type { Player } from './player.ts'

interface TransportProps {
  readonly player: Player
  readonly position: number
  readonly last: number
  readonly text: {
    readonly play: string
    readonly pause: string
    readonly back: string
    readonly on: string
    readonly scrub: string
  }
  /** The position in words. */
  readonly shown: string
  /** Moves by a larger step. */
  readonly leap?: (by: 1 | -1) => void
}

const areKeysOn = part('shortcuts')

export function Transport(props: TransportProps): JSX.Element {
  const { player, position, last, text, shown, leap } = props
  const { isPlaying, play, pause, step, moveTo } = player
  const toggle = (): void => (isPlaying.peek() ? pause() : play())
  useEffect(() => {
    const keys: Readonly<Record<string, () => void>> = {
      ' ': toggle,
      ',': () => step(-1),
      '.': () => step(1),
      ...(leap && { '[': () => leap(-1), ']': () => leap(1) }),
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !areKeysOn.peek()) return
      const act = keys[typedCharacter(event) ?? '']
      const target = event.target instanceof Element ? event.target : document.body
      if (!act || target.closest('dialog, input:not([type="range"]), select, textarea')) return
      if (event.key === ' ' && target.closest('button, summary, a')) return
      event.preventDefault()
      act()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [player, leap])
  return (
    <div class="transport">
      <button type="button" id="play" class="primary" onClick={toggle}>
        {isPlaying.value ? text.pause : text.play}
      </button>
      <button type="button" class="quiet" aria-label={text.back} onClick={() => step(-1)}>
        ‹
      </button>
      <button type="button" class="quiet" aria-label={text.on} onClick={() => step(1)}>
        ›
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={position}
        aria-label={text.scrub}
        aria-valuetext={shown}
        style={{ '--filled': `${last === 0 ? 100 : (position / last) * 100}%` }}
        onInput={(event) => moveTo(event.currentTarget.valueAsNumber)}
      />
      <span class="place">{shown}</span>
    </div>
  )
}
