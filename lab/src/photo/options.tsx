/** What holds for all filters: border, colours, alpha, light, and how results are shown. */

import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { findGpu, gpuHere, isOnGpu } from './gpu.ts'
import { texts } from './messages/index.ts'
import { changePhoto, opened, settings } from './photo.ts'
import { alphaChoices, borders, channelChoices, showings } from './settings.ts'
import { showingOf } from './steps.ts'

export function Options(): JSX.Element {
  const text = texts()
  const now = settings.value
  const hasAlpha = opened.value?.hasAlpha ?? false
  return (
    <section class="panel options" aria-labelledby="result-title">
      <h2 id="result-title">{text.result}</h2>
      <Choice
        name="show"
        label={text.show}
        value={now.show}
        words={['auto', ...showings]}
        nameOf={(word) =>
          word === 'auto' && now.show === 'auto'
            ? text.automaticShow(text.showNames[showingOf(now)])
            : text.showNames[word]
        }
        onChange={(show) => changePhoto({ show })}
      />
      <Choice
        name="border"
        label={text.border}
        value={now.border}
        words={borders}
        nameOf={(word) => text.borders[word]}
        onChange={(border) => changePhoto({ border })}
      />
      <Choice
        name="channels"
        label={text.channels}
        value={now.channels}
        words={channelChoices}
        nameOf={(word) => text.channelNames[word]}
        onChange={(channels) => changePhoto({ channels })}
      />
      <Choice
        name="alpha"
        label={text.alpha}
        value={now.alpha}
        words={alphaChoices}
        nameOf={(word) => (hasAlpha ? text.alphaNames[word] : text.noAlpha)}
        isOff={!hasAlpha}
        onChange={(alpha) => changePhoto({ alpha })}
      />
      <label class="check">
        <input
          type="checkbox"
          id="linear"
          checked={now.isLinear}
          onChange={(event) => changePhoto({ isLinear: event.currentTarget.checked })}
        />
        {text.linear}
      </label>
      <Place />
    </section>
  )
}

/** Where pictures are computed: on the processor, unless the user chooses the GPU. */
function Place(): JSX.Element {
  const text = texts()
  useEffect(findGpu, [])
  const gpu = gpuHere.value
  const isThere = gpu !== undefined && 'name' in gpu
  return (
    <>
      <Choice
        name="place"
        label={text.place}
        value={isOnGpu.value ? 'gpu' : 'processor'}
        words={['processor', 'gpu']}
        nameOf={(word) => text.places[word]}
        isOff={!isThere}
        onChange={(word) => {
          isOnGpu.value = word === 'gpu'
        }}
      />
      {gpu && (
        <p class="gpu">
          {isThere ? text.gpuNamed(gpu.name, gpu.isFallback) : text.gpuMissing[gpu.missing]}
        </p>
      )}
    </>
  )
}

interface ChoiceProps<T extends string> {
  readonly name: string
  readonly label: string
  readonly value: T
  readonly words: readonly T[]
  readonly nameOf: (word: T) => string
  readonly isOff?: boolean
  readonly onChange: (word: T) => void
}

function Choice<T extends string>({
  name,
  label,
  value,
  words,
  nameOf,
  isOff = false,
  onChange,
}: ChoiceProps<T>): JSX.Element {
  return (
    <label class="choice">
      <span>{label}</span>
      <select
        name={name}
        value={value}
        disabled={isOff}
        onChange={(event) => onChange(words[event.currentTarget.selectedIndex]!)}
      >
        {words.map((word) => (
          <option key={word} value={word}>
            {nameOf(word)}
          </option>
        ))}
      </select>
    </label>
  )
}
