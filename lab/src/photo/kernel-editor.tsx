/** The kernel of the chosen filter: a name with parameters, or weights that are typed or drawn. */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { KernelGrid } from './kernel-grid.tsx'
import { matrixOf } from './kernel-text.ts'
import { divisorOf, isFault, sumsToZero, weightsOf } from './kernel-weights.ts'
import { texts } from './messages/index.ts'
import { groups, parametersOf, partsOf, textOf } from './named-kernel.ts'
import { NumberField } from './number-field.tsx'
import { changeFilter, selectedFilter } from './photo.ts'

/** A kernel of this name is made of the user's own weights. */
const own = 'own'

export function KernelEditor(): JSX.Element | null {
  const text = texts()
  const filter = selectedFilter.value
  if (!filter) return null
  const { kernel } = filter
  const weights = weightsOf(kernel)
  const name = 'name' in kernel ? partsOf(kernel.name).name : own
  const choose = (next: string): void => {
    if (next !== own) changeFilter({ kernel: { name: next }, divisor: 1 })
    else if (!isFault(weights)) changeFilter({ kernel: weights })
  }
  return (
    <section class="panel kernel" aria-labelledby="kernel-title">
      <h2 id="kernel-title" class="of-kernel">
        {text.kernel}
      </h2>
      <select
        id="kernel-name"
        aria-labelledby="kernel-title"
        value={name}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {groups.map(([group, names]) => (
          <optgroup key={group} label={text[group]}>
            {names.map((word) => (
              <option key={word} value={word}>
                {text.kernels[word] ?? word}
              </option>
            ))}
          </optgroup>
        ))}
        <option value={own}>{text.ownWeights}</option>
      </select>
      {'name' in kernel && <Parameters text={kernel.name} />}
      {isFault(weights) ? (
        <p class="fault" role="status">
          {weights.kind === 'large'
            ? text.kernelLarge(weights.width, weights.height)
            : text.kernelFault(weights.message)}
        </p>
      ) : (
        <>
          <KernelGrid {...weights} isOwn={name === own} />
          <Scaling />
        </>
      )}
      <PasteField />
    </section>
  )
}

function Parameters({ text: line }: { readonly text: string }): JSX.Element | null {
  const text = texts()
  const parts = partsOf(line)
  const list = parametersOf(parts.name)
  if (list.length === 0) return null
  const set = (name: string, value: string | undefined): void => {
    const parameters = { ...parts.parameters }
    if (value === undefined) delete parameters[name]
    else parameters[name] = value
    changeFilter({ kernel: { name: textOf({ ...parts, parameters }) } })
  }
  return (
    <div class="parameters">
      {list.map(({ name, usual, min, max, step }) => {
        const given = parts.parameters[name]
        const value = given === undefined ? usual : Number(given)
        const shownValue = value === undefined || Number.isNaN(value) ? min : value
        const label = text.parameters[name] ?? name
        return (
          <div key={name} class="parameter">
            <label for={`parameter-${name}`}>{label}</label>
            <input
              type="range"
              id={`parameter-${name}`}
              min={min}
              // A link may have a larger number.
              max={Math.max(max, shownValue)}
              step={step}
              value={shownValue}
              aria-valuetext={value === undefined ? text.automatic : (given ?? String(value))}
              style={`--filled:${((shownValue - min) / (max - min)) * 100}%`}
              onInput={(event) => set(name, event.currentTarget.value)}
            />
            {usual === undefined && given !== undefined ? (
              <button type="button" class="quiet small" onClick={() => set(name, undefined)}>
                {given} ×<span class="hidden">{text.automatic}</span>
              </button>
            ) : (
              <output>{value === undefined ? text.automatic : (given ?? value)}</output>
            )}
          </div>
        )
      })}
    </div>
  )
}

/** Divisor, offset, and the switch that makes the sum 1. */
function Scaling(): JSX.Element | null {
  const text = texts()
  const filter = selectedFilter.value!
  const weights = weightsOf(filter.kernel)
  if (isFault(weights)) return null
  const isZero = sumsToZero(weights.values)
  return (
    <div class="scaling">
      <NumberField
        id="divisor"
        label={text.divisor}
        value={divisorOf(filter, weights.values)}
        isOff={filter.isNormalised}
        allows={(value) => value !== 0}
        onChange={(divisor) => changeFilter({ divisor })}
      />
      <NumberField
        id="offset"
        label={text.offset}
        value={filter.offset}
        onChange={(offset) => changeFilter({ offset })}
      />
      <label class="check">
        <input
          type="checkbox"
          id="normalise"
          checked={filter.isNormalised}
          onChange={(event) => changeFilter({ isNormalised: event.currentTarget.checked })}
        />
        {isZero ? text.normaliseZero : text.normalise}
      </label>
    </div>
  )
}

function PasteField(): JSX.Element {
  const text = texts()
  const isOpen = useSignal(false)
  const content = useSignal('')
  const fault = useSignal<string | undefined>(undefined)
  const close = (): void => {
    isOpen.value = false
    fault.value = undefined
    document.getElementById('paste-matrix')?.focus()
  }
  const use = (): void => {
    const kernel = matrixOf(content.value)
    if ('kind' in kernel) {
      fault.value = text.matrixFault(kernel)
      return
    }
    changeFilter({ kernel, divisor: 1 })
    close()
  }
  return (
    <div class="paste">
      <button
        type="button"
        class="quiet"
        id="paste-matrix"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value
        }}
      >
        {text.paste}
      </button>
      {isOpen.value && (
        <div class="paste-field">
          <label for="matrix">{text.pasteLabel}</label>
          <textarea
            id="matrix"
            rows={4}
            spellcheck={false}
            placeholder={text.pasteExample}
            value={content}
            aria-invalid={fault.value !== undefined}
            aria-describedby="matrix-fault"
            onInput={(event) => {
              content.value = event.currentTarget.value
              fault.value = undefined
            }}
          />
          <p id="matrix-fault" class="fault" role="status">
            {fault}
          </p>
          <button type="button" class="quiet" id="use-matrix" onClick={use}>
            {text.use}
          </button>
          <button type="button" class="quiet" onClick={close}>
            {text.cancel}
          </button>
        </div>
      )}
    </div>
  )
}
