/**
 * The given kernel, turned by the slider or the button from 0° to 180°. Its digits stay upright. A
 * weight keeps its colour.
 */

import { computed, effect, type Signal, signal, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { numberText } from '../number.ts'
import { activeTap, stageModel } from '../stage.ts'
import { layout, pair } from './flip-now.ts'
import { tapAt } from './flip-pair.ts'
import { flipText } from './flip-text.ts'
import { kernelColour } from './kernel-colour.ts'

/** The angle that the reader chose, or the one while the kernel turns by itself. */
const chosen: Signal<number | undefined> = signal(undefined)
/** Without a choice the drawing shows the kernel as the page multiplies by it. */
const isTurned = computed(() => pair.value.current === 'convolution')
const angle = computed(() => chosen.value ?? (isTurned.value ? 180 : 0))
const whole = computed(() => Math.round(angle.value))
const durationMs = 900
/** With reduced motion the kernel turns in steps. */
const stepDegrees = 45
const stepMs = 250

let frame = 0

/** The angle of the drawing now. */
export const drawnAngle = (): number => angle.peek()

/** Turns the drawing to an angle, from the one it has or from another. */
export function turnTo(end: number, from: number = drawnAngle()): void {
  cancelAnimationFrame(frame)
  const isStepped = matchMedia('(prefers-reduced-motion: reduce)').matches
  const span = Math.abs(end - from)
  const duration = isStepped ? (span / stepDegrees) * stepMs : (span / 180) * durationMs
  const start = performance.now()
  const show = (now: number): void => {
    const share = duration === 0 ? 1 : Math.min(1, (now - start) / duration)
    const eased = isStepped ? share : share * share * (3 - 2 * share)
    const at = from + (end - from) * eased
    chosen.value = isStepped && share < 1 ? Math.round(at / stepDegrees) * stepDegrees : at
    if (share < 1) frame = requestAnimationFrame(show)
  }
  show(start)
}

function stopTurning(): void {
  cancelAnimationFrame(frame)
  chosen.value = undefined
}

export function TurningKernel(): JSX.Element {
  const text = flipText()
  const { turn, weight, hasWeights } = layout.value
  const { kernel } = stageModel.value
  useEffect(() => {
    // If the page computes the other way, the drawing shows that.
    const stop = effect(() => {
      isTurned.value
      stopTurning()
    })
    return () => {
      stop()
      stopTurning()
    }
  }, [])
  const weights = Array.from({ length: kernel.width * kernel.height }, (_, i) => i)
  return (
    <div class="flip-turn">
      <svg
        class="flip-kernel"
        viewBox={`${-turn / 2} ${-turn / 2} ${turn} ${turn}`}
        width={turn}
        height={turn}
        role="img"
        aria-label={useComputed(() => text.turnName(whole.value))}
      >
        <rect
          class="flip-ghost"
          x={(-kernel.width * weight) / 2}
          y={(-kernel.height * weight) / 2}
          width={kernel.width * weight}
          height={kernel.height * weight}
        />
        <g transform={useComputed(() => `rotate(${angle.value})`)}>
          {weights.map((given) => (
            <Weight key={given} given={given} size={weight} hasDigits={hasWeights} />
          ))}
        </g>
      </svg>
      <div class="flip-slider">
        <button
          type="button"
          class="quiet"
          data-turn-button
          onClick={() => turnTo(whole.peek() < 90 ? 180 : 0)}
        >
          {text.turn}
        </button>
        <input
          type="range"
          min={0}
          max={180}
          step={15}
          value={whole}
          aria-label={text.angle}
          aria-valuetext={useComputed(() => `${whole.value}°`)}
          onInput={(event) => {
            stopTurning()
            chosen.value = event.currentTarget.valueAsNumber
          }}
        />
        <output>{useComputed(() => `${whole.value}°`)}</output>
      </div>
    </div>
  )
}

interface WeightProps {
  readonly given: number
  readonly size: number
  readonly hasDigits: boolean
}

/** A weight of the given kernel, by its number there. */
function Weight({ given, size, hasDigits }: WeightProps): JSX.Element {
  const { kernel } = stageModel.value
  const tap = useComputed(() => tapAt(pair.value, 'correlation', given))
  const colour = useComputed(() => kernelColour(tap.value))
  const x = ((given % kernel.width) - (kernel.width - 1) / 2) * size
  const y = (Math.floor(given / kernel.width) - (kernel.height - 1) / 2) * size
  return (
    <g
      transform={`translate(${x} ${y})`}
      data-tap={tap}
      data-on={useComputed(() => activeTap.value === tap.value)}
    >
      <rect
        x={-size / 2 + 0.5}
        y={-size / 2 + 0.5}
        width={size - 1}
        height={size - 1}
        fill={useComputed(() => colour.value.background)}
      />
      {hasDigits && (
        <text
          transform={useComputed(() => `rotate(${-angle.value})`)}
          dy="0.36em"
          font-size={Math.max(12, size * 0.44)}
          fill={useComputed(() => colour.value.ink)}
        >
          {useComputed(() => numberText(stageModel.value.kernel.data[tap.value] ?? 0))}
        </text>
      )}
    </g>
  )
}
