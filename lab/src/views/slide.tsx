/**
 * Slide: the window moves over the input. Each position computes one cell of the output.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { kernelByName } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import { product } from '../model/numbers.ts'
import { isPlaying, pause, play, speed, speeds, stride } from '../model/player.ts'
import { viewModel } from '../model/shared.ts'
import { goToOutput, outputPlace, step, strides } from '../model/steps.ts'
import { change, state } from '../state/store.ts'
import { Menu } from './choice.tsx'
import { filled } from './filled.ts'
import { Icon } from './icon.tsx'
import { Legend } from './legend.tsx'
import { StepPicture } from './step-picture.tsx'
import { InputTensor, KernelTensor, OutputTensor } from './tensors.tsx'

export function Slide(): JSX.Element {
  const isPainting = useSignal(false)
  const colour = useSignal(9)
  const paint = isPainting.value ? colour.value : undefined
  const w = messages()
  return (
    <>
      <div class="flow">
        <InputTensor view="slide" canEdit paint={paint} />
        <KernelTensor view="slide" canEdit paint={paint} />
        <OutputTensor view="slide" />
        <StepPicture />
      </div>
      <Transport />
      <div class="row">
        <button type="button" onClick={() => change({ input: { seed: seedAfter('input') } })}>
          {w.newInput}
        </button>
        <button type="button" onClick={() => change({ kernel: { seed: seedAfter('kernel') } })}>
          {w.newKernel}
        </button>
        <KernelPreset />
        <label class="check">
          <input
            type="checkbox"
            checked={isPainting.value}
            onChange={(event) => {
              isPainting.value = event.currentTarget.checked
            }}
          />
          {w.paintWith}
        </label>
        <input
          class="number"
          type="number"
          step="any"
          aria-label={w.paintNumber}
          value={colour.value}
          onInput={(event) => {
            if (Number.isFinite(event.currentTarget.valueAsNumber))
              colour.value = event.currentTarget.valueAsNumber
          }}
        />
      </div>
      <p class="note">{w.editHint}</p>
      <Legend more={['padding']} />
    </>
  )
}

const seedAfter = (name: 'input' | 'kernel'): number => {
  const numbers = state.value[name]
  return 'seed' in numbers ? numbers.seed + 1 : 1
}

/** Named kernels of the library that fit the extents of the kernel. */
function KernelPreset(): JSX.Element | null {
  const { geometry: g, shapes } = viewModel.value
  const extents = shapes.kernel.slice(2)
  const names = g.axes.length === 2 ? presets.filter(({ fits }) => fits(extents)) : []
  const w = messages()
  if (names.length === 0) return null
  return (
    <label>
      {w.preset}{' '}
      <select
        value=""
        onChange={(event) => {
          const preset = names.find(({ name }) => name === event.currentTarget.value)
          if (!preset) return
          const plane = [...kernelByName(preset.spell(extents)).data]
          const count = product(shapes.kernel.slice(0, 2))
          change({ kernel: { values: Array.from({ length: count }, () => plane).flat() } })
        }}
      >
        <option value="">{w.choose}</option>
        {names.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}

const isThree = (extents: readonly number[]): boolean => extents.every((extent) => extent === 3)
const presets = [
  {
    name: 'box',
    fits: () => true,
    spell: (extents: readonly number[]) => `box:size=${extents.join('x')}`,
  },
  {
    name: 'gaussian',
    fits: () => true,
    spell: (extents: readonly number[]) => `gaussian:sigma=1,size=${extents.join('x')}`,
  },
  ...['sobel-x', 'sobel-y', 'laplacian', 'sharpen', 'emboss', 'article-emboss'].map((name) => ({
    name,
    fits: isThree,
    spell: () => name,
  })),
]

function Transport(): JSX.Element {
  const w = messages()
  const { shapes } = viewModel.value
  const place = outputPlace()
  const last = product(shapes.output) - 1
  const moves = [
    ['row', -1, 'rowBack'],
    ['pixel', -1, 'pixelBack'],
    ['tap', -1, 'tapBack'],
    ['tap', 1, 'tapOn'],
    ['pixel', 1, 'pixelOn'],
    ['row', 1, 'rowOn'],
  ] as const
  return (
    <div class="row transport" role="group" aria-label={w.transport}>
      <button
        type="button"
        class="primary"
        aria-pressed={isPlaying.value}
        onClick={() => (isPlaying.value ? pause() : play())}
      >
        <Icon name={isPlaying.value ? 'pause' : 'play'} />
        {isPlaying.value ? w.pause : w.play}
      </button>
      {moves.map(([by, direction, name]) => (
        <button
          key={name}
          type="button"
          class="icon"
          aria-label={w[name]}
          title={w[name]}
          onClick={() => void step(by, direction)}
        >
          <Icon name={name} />
        </button>
      ))}
      <input
        type="range"
        class="scrub"
        min={0}
        max={last}
        value={place}
        style={filled(place, 0, last)}
        aria-label={w.scrub}
        aria-valuetext={w.placeOf(place + 1, last + 1)}
        onInput={(event) => goToOutput(event.currentTarget.valueAsNumber)}
      />
      <span class="count">{w.placeOf(place + 1, last + 1)}</span>
      <Menu
        label={w.stepBy}
        names={strides}
        titles={w}
        value={stride.value}
        take={(by) => {
          stride.value = by
        }}
      />
      <label>
        {w.speed}{' '}
        <select
          value={speed.value}
          onChange={(event) => {
            speed.value = Number(event.currentTarget.value)
          }}
        >
          {speeds.map((rate) => (
            <option key={rate} value={rate}>
              {w.perSecond(rate)}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
