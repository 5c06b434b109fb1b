/**
 * The first screen: a picture and what a window of weights makes of it. The eye reads two lines:
 * picture → samples × weights = products; then the sum → its place in the output.
 */

import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { applyUpdate } from '../offline/update.ts'
import { isMenuOpen } from '../pages/menu-state.ts'
import { isEmbedded } from '../state/embedded.ts'
import { isOnStage, linkErrors, part } from '../state/store.ts'
import { Bar } from './bar.tsx'
import { KernelChips, Transport } from './controls.tsx'
import { Dock } from './dock.tsx'
import { InputPlane } from './input-plane.tsx'
import { Later, type Part } from './later.tsx'
import { followRegionLimit, followViewport, type Layout, layout } from './layout.ts'
import { Lens } from './lens.tsx'
import { texts } from './messages/index.ts'
import { numberText } from './number.ts'
import { OutputPlane } from './output-plane.tsx'
import { isPlaying, pause } from './player.ts'
import { followModel, place, stageModel } from './stage.ts'
import { isHelpOpen, listenToKeys } from './stage-keys.ts'
import { isDrawerOpen } from './stage-parts.ts'
import { Strip } from './strip.tsx'
import { Verdict } from './verdict.tsx'
import { Wires } from './wires.tsx'
import { plainText, result, verdict } from './words.ts'

const isPresenting = part('present')

export function Stage(): JSX.Element {
  const root = useRef<HTMLElement>(null)
  useEffect(followViewport, [])
  useEffect(followModel, [])
  useEffect(listenToKeys, [])
  useEffect(() => pause, [])
  useSignalEffect(followRegionLimit)
  // The page stays until the workspace has loaded, but its Play would write the link.
  useSignalEffect(() => {
    if (!isOnStage.value) pause()
  })
  const now = layout.value
  const text = texts()
  const kind = [
    'stage-page',
    now.isPhone ? 'phone' : 'desk',
    now.isPresenting ? 'presenting' : '',
    now.isDocked ? 'docked' : '',
    now.isNarrow ? 'narrow' : '',
    isEmbedded() ? 'embedded' : '',
  ]
  return (
    <main ref={root} class={kind.join(' ')} style={variablesOf(now)}>
      <button type="button" class="skip" onClick={() => document.getElementById('frame')?.focus()}>
        {text.skip}
      </button>
      <section class="stage" aria-labelledby="headline">
        <div class="planes">
          <InputPlane />
          <OutputPlane />
        </div>
        <div class="column">
          {!isEmbedded() && <Bar />}
          <h1 id="headline">
            <em>{text.headline[0]}</em> {text.headline[1]}
          </h1>
          <div class="top">
            <Lens />
            <Verdict />
          </div>
          <Dock />
          <KernelChips />
          <Transport />
        </div>
        <Wires />
      </section>
      <section class="foot">
        {isDrawerOpen.value ? (
          <Later load={loadDrawer} />
        ) : isEmbedded() ? (
          <Later load={loadEmbedFoot} />
        ) : (
          <Strip />
        )}
      </section>
      <Spoken />
      {(linkErrors.value.length > 0 || applyUpdate.value !== undefined) && (
        <Later load={loadNotices} />
      )}
      {isHelpOpen.value && <Later load={loadHelp} />}
      {isMenuOpen.value && <Later load={loadMenu} />}
      {isPresenting.value && <Later load={loadPresenter} />}
    </main>
  )
}

const loadEmbedFoot = (): Promise<Part> => import('../exchange/embed-foot.tsx')
const loadDrawer = (): Promise<Part> => import('./drawer.tsx')
const loadNotices = (): Promise<Part> => import('./notices.tsx')
const loadHelp = (): Promise<Part> => import('./stage-help.tsx')
const loadMenu = (): Promise<Part> => import('../pages/menu.tsx')
const loadPresenter = (): Promise<Part> => import('./presenter.tsx')

const spokenMs = 380

/** The place and its sum for screen readers, when the window has come to rest. */
function Spoken(): JSX.Element {
  const spoken = useSignal('')
  const isFirst = useRef(true)
  useSignalEffect(() => {
    const { x, y } = place.value
    const { parts, meaning } = verdict.value
    const sentence = texts().spoken(
      y + 1,
      x + 1,
      numberText(result.value),
      `${plainText(parts)} ${meaning}`,
    )
    if (isFirst.current || isPlaying.value) {
      isFirst.current = false
      return
    }
    const timer = setTimeout(() => {
      spoken.value = sentence
    }, spokenMs)
    return () => clearTimeout(timer)
  })
  return (
    <div class="hidden" role="status" aria-live="polite">
      {spoken}
    </div>
  )
}

/** The layout as properties that the style sheet reads. */
const variablesOf = (now: Layout): Record<string, string | number> => ({
  '--columns': stageModel.value.kernel.width,
  '--rows': stageModel.value.kernel.height,
  ...Object.fromEntries(
    Object.entries({
      margin: now.margin,
      gap: now.gap,
      'input-width': now.input.width,
      'input-height': now.input.height,
      'output-width': now.output.width,
      'output-height': now.output.height,
      cell: now.cell,
      'window-cell': now.cellWidths.window,
      'kernel-cell': now.cellWidths.kernel,
      'product-cell': now.cellWidths.product,
      sign: now.signWidth,
      'window-type': now.type.window,
      'kernel-type': now.type.kernel,
      'product-type': now.type.product,
      'sum-type': now.type.sum,
      'label-type': now.type.label,
      'headline-type': now.type.headline,
      'sentence-type': now.type.sentence,
      'sum-width': now.sumWidth,
    }).map(([name, value]) => [`--${name}`, `${value}px`]),
  ),
})
