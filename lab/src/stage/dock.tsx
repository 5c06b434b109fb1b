/**
 * The docked view: loaded when it is opened, drawn beside the planes, with its buttons.
 */

import { type Signal, signal } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { messageOf } from '../model/message-of.ts'
import { isEmbedded } from '../state/embedded.ts'
import type { DockName, ViewName } from '../state/state.ts'
import { change } from '../state/store.ts'
import { docks } from './docks/index.ts'
import { layout } from './layout.ts'
import { texts } from './messages/index.ts'
import { zoomFrom } from './plate-geometry.ts'
import { dock, mayZoom, shownRegion, stageModel, toggleDock } from './stage.ts'

/** The loaded views, and the one that is drawn: it changes when a view has arrived. */
const loaded = new Map<DockName, ComponentType>()
export const drawnDock: Signal<DockName | undefined> = signal(undefined)
const failed: Signal<string | undefined> = signal(undefined)

/** The full views of the workspace with the same subject. */
const fullViews: Readonly<Record<DockName, readonly ViewName[]>> = {
  matrix: ['slide', 'im2col'],
  sparse: ['slide', 'toeplitz'],
  memory: ['slide', 'memory'],
  signal: ['slide', 'arithmetic'],
  sizes: ['slide', 'modes'],
  flip: ['slide', 'flip'],
  sum: ['slide', 'arithmetic'],
}

async function load(name: DockName): Promise<void> {
  try {
    loaded.set(name, (await docks[name]()).default)
    failed.value = undefined
    if (dock.peek() === name) drawnDock.value = name
  } catch (error) {
    failed.value = messageOf(error)
  }
}

const isReduced = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Opens or closes a view. The planes zoom to the numbers around the window, or back. */
export function openDock(name: DockName): void {
  const from = shownRegion.peek()
  toggleDock(name)
  if (shownRegion.peek() !== from) zoomFrom(from, isReduced())
}

function toggleZoom(): void {
  const from = shownRegion.peek()
  mayZoom.value = !mayZoom.peek()
  zoomFrom(from, isReduced())
}

export function Dock(): JSX.Element | null {
  const name = dock.value
  const section = useRef<HTMLElement>(null)
  useEffect(() => {
    if (name === undefined) {
      drawnDock.value = undefined
      return
    }
    if (loaded.has(name)) drawnDock.value = name
    else void load(name)
    // On a phone the view lies below the lens. A view that is opened is seen.
    if (layout.peek().isPhone)
      section.current?.scrollIntoView({
        block: 'nearest',
        behavior: isReduced() ? 'auto' : 'smooth',
      })
  }, [name, drawnDock.value === name])
  if (name === undefined || layout.value.isPresenting) return null
  const text = texts()
  const View = drawnDock.value === name ? loaded.get(name) : undefined
  const [title] = text.docks[name]
  const { width, height } = layout.value.dock
  return (
    <section
      ref={section}
      class={`dock dock-${name}`}
      aria-label={title}
      aria-busy={View === undefined}
      style={{ width, minHeight: height }}
    >
      {View ? (
        <View />
      ) : (
        <p class="loading" role="status">
          {failed.value ?? text.loading}
        </p>
      )}
      <div class="dock-buttons">
        {!stageModel.value.isSmall && (
          <button type="button" class="quiet" onClick={toggleZoom}>
            {mayZoom.value ? text.wholePicture : text.zoomIn}
          </button>
        )}
        {!isEmbedded() && (
          <button
            type="button"
            class="quiet"
            onClick={() => change({ views: [...fullViews[name]] })}
          >
            {text.openWorkspace}
          </button>
        )}
        <button type="button" class="quiet" data-close onClick={() => openDock(name)}>
          {text.close}
        </button>
      </div>
    </section>
  )
}
