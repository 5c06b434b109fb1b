/**
 * The drawer with the sizes: four sliders, the size of the output with its formula, and the
 * settings that are needed less often. Every change keeps the weights and the place of the window.
 */

import { type Signal, signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { parseCase } from 'stridefold/sync'
import { isProblemOpen } from '../state/page-parts.ts'
import { usualViews } from '../state/state.ts'
import { change, part } from '../state/store.ts'
import { axisOf, changeFlip, type Direction } from './change-sizes.ts'
import { BorderField } from './drawer-border.tsx'
import { NumberField } from './drawer-number.tsx'
import { SizeSlider, sliderNames, type Target } from './drawer-slider.tsx'
import { drawerText } from './drawer-text.ts'
import { PlaneSizes } from './plane-sizes.tsx'
import { pause } from './player.ts'
import { SizeFormula } from './size-formula.tsx'
import { isDrawerOpen } from './stage-parts.ts'
import './drawer.css'

const [problem, bias, divisor] = [part('problem'), part('bias'), part('divisor')]

/** The axes that the sliders change. */
const target: Signal<Target> = signal('both')

export default function Drawer(): JSX.Element {
  const w = drawerText()
  const drawer = useRef<HTMLElement>(null)
  // Why the last movement of a slider was not followed. The line is that of the formula.
  const refused = useSignal<string | undefined>(undefined)
  useEffect(() => drawer.current?.querySelector('input')?.focus({ preventScroll: true }), [])
  const g = parseCase(problem.value)
  const hasTwoAxes = g.axes.length > 1
  const chosen: Target = hasTwoAxes ? target.value : 'x'
  const shown: Direction = chosen === 'y' ? 'y' : 'x'
  return (
    <section ref={drawer} class="drawer" aria-label={w.size}>
      <div class="drawer-sentence">
        <p>
          <span class="lead">{w.size}</span> <PlaneSizes />
        </p>
        {refused.value === undefined && (
          <SizeFormula axis={axisOf(g, shown)!} isX={shown === 'x'} isNamed={false} />
        )}
        <p class="refused" role="status">
          {refused}
        </p>
      </div>
      <div class="drawer-sliders">
        {sliderNames.map((name) => (
          <SizeSlider key={name} name={name} target={chosen} refused={refused} />
        ))}
      </div>
      <button
        type="button"
        class="quiet drawer-close"
        onClick={() => {
          isDrawerOpen.value = false
          document.getElementById('size')?.focus()
        }}
      >
        {w.close}
      </button>
      <div class="drawer-more">
        {hasTwoAxes && (
          <div class="drawer-targets" role="group" aria-label={w.change}>
            {(['both', 'x', 'y'] as const).map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={name === chosen}
                onClick={() => {
                  target.value = name
                }}
              >
                {w.targets[name]}
              </button>
            ))}
          </div>
        )}
        <button
          type="button"
          class="drawer-switch"
          role="switch"
          aria-checked={g.flip}
          onClick={() => {
            pause()
            changeFlip(!g.flip)
          }}
        >
          <i aria-hidden="true" />
          {w.turn}
        </button>
        <BorderField />
        <NumberField
          label={w.bias}
          value={bias.value}
          onChange={(value) => change({ bias: value })}
        />
        <NumberField
          label={w.divisor}
          value={divisor.value}
          allows={(value) => value !== 0}
          onChange={(value) => change({ divisor: value })}
        />
        <button
          type="button"
          class="link drawer-expert"
          onClick={() => {
            isProblemOpen.value = true
            change({ views: usualViews })
          }}
        >
          {w.expert}
        </button>
      </div>
    </section>
  )
}
