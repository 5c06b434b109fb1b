/**
 * The line below the first screen in a frame: the way to the lab. And the height that the page
 * needs, for the page around it.
 */

import './embed.css'
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { texts } from './messages/index.ts'

/** Sent to the page around the frame whenever it changes. */
interface EmbedSize {
  readonly type: 'stridefold:size'
  readonly height: number
}

function tellHeight(): () => void {
  const root = document.documentElement
  const observer = new ResizeObserver(() => {
    const size: EmbedSize = {
      type: 'stridefold:size',
      height: Math.ceil(document.getElementById('lab')!.scrollHeight),
    }
    // The height is no secret, so every page may have it.
    if (parent !== window) parent.postMessage(size, '*')
  })
  observer.observe(root)
  return () => observer.disconnect()
}

export default function EmbedFoot(): JSX.Element {
  const address = useSignal('./')
  useEffect(tellHeight, [])
  const follow = (): void => {
    address.value = `./${location.hash}`
  }
  return (
    <p class="embed-foot">
      <a
        href={address}
        target="_blank"
        rel="noopener"
        onPointerDown={follow}
        onPointerEnter={follow}
        onFocus={follow}
      >
        {texts().openInLab}
      </a>
    </p>
  )
}
