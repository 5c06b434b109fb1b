/**
 * The controls below the sum: the kernels with a name, the size, Play, steps and the scrubber.
 */

import { useComputed } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { change } from '../state/store.ts'
import { type KernelName, kernelNames, namedKernel } from './kernels.ts'
import { texts } from './messages/index.ts'
import { PlaneSizes } from './plane-sizes.tsx'
import { clear, isFinished, isPlaying, pause, play, scrubTo, step } from './player.ts'
import { position, stageModel } from './stage.ts'
import { isDrawerOpen } from './stage-parts.ts'
import { kernelName } from './words.ts'

export function KernelChips(): JSX.Element {
  const text = texts()
  const group = useRef<HTMLDivElement>(null)
  const { kernel } = stageModel.value
  const current = kernelName(stageModel.value)
  const choose = (name: KernelName): void => {
    pause()
    const { values, divisor } = namedKernel(name, kernel.width, kernel.height)
    const { flip } = stageModel.value.geometry
    change({ kernel: { values: flip ? [...values].reverse() : values }, divisor })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    const at = kernelNames.indexOf((event.target as HTMLElement).dataset.kernel as KernelName)
    const next = kernelNames[(at + by + kernelNames.length) % kernelNames.length]!
    choose(next)
    group.current!.querySelector<HTMLElement>(`[data-kernel="${next}"]`)?.focus()
    event.preventDefault()
  }
  return (
    <div class="chips">
      <span class="chips-name of-kernel" aria-hidden="true">
        {text.kernel}
      </span>
      <div
        ref={group}
        class="chip-row"
        role="radiogroup"
        aria-label={text.kernel}
        onKeyDown={onKeyDown}
      >
        {kernelNames.map((name, i) => (
          <button
            key={name}
            type="button"
            class="chip"
            role="radio"
            aria-checked={name === current}
            tabIndex={name === current || (current === undefined && i === 0) ? 0 : -1}
            data-kernel={name}
            onClick={() => choose(name)}
          >
            <KernelPicture name={name} />
            {text.kernels[name]}
          </button>
        ))}
      </div>
      <SizePill />
    </div>
  )
}

/** The weights of a 3×3 kernel as shades: dark is negative, light is positive. */
function KernelPicture({ name }: { readonly name: KernelName }): JSX.Element {
  const { values } = namedKernel(name, 3, 3)
  const largest = Math.max(...values.map(Math.abs))
  return (
    <svg class="kernel-picture" viewBox="0 0 3 3" aria-hidden="true">
      {values.map((weight, i) => (
        <rect
          key={i}
          x={i % 3}
          y={Math.floor(i / 3)}
          width="1"
          height="1"
          class={weight < 0 ? 'negative' : 'positive'}
          opacity={0.12 + (0.88 * Math.abs(weight)) / largest}
        />
      ))}
    </svg>
  )
}

function SizePill(): JSX.Element {
  const { input, output } = stageModel.value
  // Four extents of three digits leave no room for the name.
  const isLong = `${input.width}${input.height}${output.width}${output.height}`.length > 10
  return (
    <button
      type="button"
      class="size"
      id="size"
      aria-expanded={isDrawerOpen.value}
      onClick={() => {
        isDrawerOpen.value = !isDrawerOpen.value
      }}
    >
      <span class={isLong ? 'hidden' : ''}>{texts().size} </span>
      <PlaneSizes />
    </button>
  )
}

export function Transport(): JSX.Element {
  const text = texts()
  const last = useComputed(() => {
    const { width, height } = stageModel.value.output
    return width * height - 1
  })
  const isDone = useComputed(isFinished)
  const count = useComputed(() => texts().of(position.value + 1, last.value + 1))
  const fill = useComputed(
    () => `--fill:${last.value === 0 ? 100 : (position.value / last.value) * 100}%`,
  )
  const name = isPlaying.value ? text.pause : isDone.value ? text.again : text.play
  return (
    <div class="transport">
      <button
        type="button"
        id="play"
        class="primary"
        onClick={() => (isPlaying.value ? pause() : play())}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d={isPlaying.value ? 'M3 2h3.6v12H3zM9.4 2H13v12H9.4z' : 'M3 1.5 14 8 3 14.5z'} />
        </svg>
        {name}
      </button>
      <GhostButton name={text.back} press={() => step(-1)}>
        ‹
      </GhostButton>
      <GhostButton name={text.on} press={() => step(1)}>
        ›
      </GhostButton>
      <input
        type="range"
        class="scrub"
        min={0}
        max={last}
        value={position}
        aria-label={text.scrub}
        aria-valuetext={count}
        style={fill}
        onInput={(event) => scrubTo(event.currentTarget.valueAsNumber)}
      />
      <span class="count">{count}</span>
      <GhostButton name={text.clear} kind="clear" press={clear}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3 3v4h4M3.3 7A5.2 5.2 0 1 1 3 9.6" />
        </svg>
      </GhostButton>
    </div>
  )
}

interface GhostButtonProps {
  readonly name: string
  readonly kind?: string
  readonly press: () => void
  readonly children: ComponentChildren
}

/** A button with a sign, whose name is read and shown as a hint. */
function GhostButton({ name, kind, press, children }: GhostButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={kind === undefined ? 'ghost' : `ghost ${kind}`}
      aria-label={name}
      title={name}
      onClick={press}
    >
      {children}
    </button>
  )
}
