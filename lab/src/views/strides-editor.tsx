/**
 * Edits a view: shape, strides and offset, in elements or bytes, from presets or typed. Shows the
 * proof that no index leaves the memory, as two sums.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Messages } from '../messages/en.ts'
import { LibraryText } from '../messages/library-text.tsx'
import { messages } from '../messages/messages.ts'
import { product } from '../model/numbers.ts'
import { viewModel } from '../model/shared.ts'
import type { AddressBound, ViewLayout } from '../model/strided-view.ts'
import { type PresetName, presetNames, presetOf, presetView } from '../model/view-presets.ts'
import { maxViewAxes, maxViewCells, maxViewStride, units, type ViewSpec } from '../state/state.ts'
import { change, part } from '../state/store.ts'
import { Menu } from './choice.tsx'
import { scaleOf, signed, term } from './view-terms.ts'

const unit = part('unit')
const maxListedAddresses = 24

export function StridesEditor({ view: { spec } }: { readonly view: ViewLayout }): JSX.Element {
  const w = messages()
  const form = useRef<HTMLFormElement>(null)
  const rejected = useSignal<ViewSpec | undefined>(undefined)
  const scale = scaleOf()
  const preset = presetOf(spec, viewModel.value)
  const take = (form: HTMLFormElement): void => {
    const formData = new FormData(form)
    const numbers = (name: string): number[] =>
      String(formData.get(name) ?? '')
        .split(/[\s,,、×x()[\]]+/)
        .filter(Boolean)
        .map((word) => Number(word.replace('−', '-')))
    const [shape, strides, [offset = Number.NaN]] = [
      numbers('shape'),
      numbers('strides').map((n) => n / scale),
      numbers('offset').map((n) => n / scale),
    ]
    const view = { shape, strides, offset }
    const isValid = faultOf(view, scale, w) === undefined
    rejected.value = isValid ? undefined : view
    if (isValid) change({ view, cell: undefined })
  }
  const fields = [
    ['shape', spec.shape.join(', ')],
    ['strides', spec.strides.map((stride) => stride * scale).join(', ')],
    ['offset', String(spec.offset * scale)],
  ] as const
  // Typed text stays until the view changes. The fields are not recreated, so they keep the
  // keyboard focus.
  useLayoutEffect(() => {
    for (const [name, value] of fields) {
      const field = form.current?.elements.namedItem(name)
      if (field instanceof HTMLInputElement) field.value = value
    }
    rejected.value = undefined
  }, [JSON.stringify(fields)])
  return (
    <form
      ref={form}
      class="strides"
      data-strides-editor
      onSubmit={(event) => {
        event.preventDefault()
        take(event.currentTarget)
      }}
    >
      <h3>{w.stridesTitle}</h3>
      <div class="row">
        <label>
          {w.viewPreset}{' '}
          <select
            name="preset"
            value={preset ?? ''}
            onChange={(event) => {
              const name = presetNames.find((preset) => preset === event.currentTarget.value)
              if (name)
                change({
                  view: name === 'lies' ? undefined : presetView(name, viewModel.value),
                  cell: undefined,
                })
            }}
          >
            <option value="" disabled>
              {w.ownView}
            </option>
            {presetNames.map((name) => (
              <Preset key={name} name={name} />
            ))}
          </select>
        </label>
        {fields.map(([name, value]) => (
          <label key={name}>
            {w.viewNumbers[name]}{' '}
            <input
              name={name}
              class="list"
              size={Math.max(6, value.length + 2)}
              autocomplete="off"
              spellcheck={false}
            />
          </label>
        ))}
        <Menu
          label={w.unitName}
          name="unit"
          names={units}
          titles={w.units}
          value={unit.value}
          take={(name) => change({ unit: name })}
        />
        <button type="submit">{w.apply}</button>
      </div>
      <p class="fault" role="status">
        {rejected.value && faultOf(rejected.value, scale, w)}
      </p>
      <p class="note">{w.viewHint}</p>
    </form>
  )
}

function faultOf(
  { shape, strides, offset }: ViewSpec,
  scale: number,
  w: Messages,
): string | undefined {
  if (![...shape, ...strides, offset].every(Number.isSafeInteger)) return w.viewNotWhole(scale)
  if (shape.length !== strides.length || shape.length === 0 || shape.length > maxViewAxes)
    return w.viewRank(shape.length, strides.length)
  const cells = product(shape)
  if (shape.some((extent) => extent < 1) || cells > maxViewCells) return w.viewExtents(maxViewCells)
  const isFar = [...strides, offset].some((number) => Math.abs(number) > maxViewStride)
  return isFar ? w.viewReach(maxViewStride) : undefined
}

function Preset({ name }: { readonly name: PresetName }): JSX.Element {
  const w = messages()
  const isAvailable = presetView(name, viewModel.value) !== undefined
  const [title, requirement] = [
    w.viewPresets[name],
    name === 'im2col' ? w.presetNeeds.im2col : w.presetNeeds.windows,
  ]
  return (
    <option value={name} disabled={!isAvailable}>
      {isAvailable ? title : `${title} – ${requirement}`}
    </option>
  )
}

/** The least and the greatest address, term by term, compared with the ends of the memory. */
export function BoundsProof({ view }: { readonly view: ViewLayout }): JSX.Element {
  const w = messages()
  const { input } = viewModel.value
  const last = input.data.length - 1
  const outside = [...view.touches.keys()]
    .filter((address) => address < 0 || address > last)
    .sort((a, b) => a - b)
  return (
    <div class="proof" data-proof={view.fault === undefined ? 'inside' : 'outside'}>
      <p class="formula" data-least={view.least.address}>
        {w.least}: <Sum bound={view.least} spec={view.spec} />{' '}
        {view.least.address >= 0 ? '≥ 0 ✓' : '< 0 ✗'}
      </p>
      <p class="formula" data-greatest={view.greatest.address}>
        {w.greatest}: <Sum bound={view.greatest} spec={view.spec} />{' '}
        {view.greatest.address <= last ? `≤ ${last * scaleOf()} ✓` : `> ${last * scaleOf()} ✗`}
      </p>
      {view.fault === undefined ? (
        <p class="note">{w.provenInside}</p>
      ) : (
        <>
          <p class="fault" role="status">
            <LibraryText text={view.fault} />
          </p>
          {outside.length > 0 && (
            <ul class="ghosts" aria-label={w.outsideAddresses(outside.length)}>
              {outside.slice(0, maxListedAddresses).map((address) => (
                <li key={address}>{signed(address * scaleOf())}</li>
              ))}
              {outside.length > maxListedAddresses && <li>…</li>}
            </ul>
          )}
        </>
      )}
    </div>
  )
}

function Sum({
  bound: { terms, address },
  spec,
}: {
  readonly bound: AddressBound
  readonly spec: ViewSpec
}): JSX.Element {
  return (
    <>
      {signed(spec.offset * scaleOf())}
      {terms.map(({ steps, stride }) => ` + ${term(steps, stride)}`).join('')} ={' '}
      <strong>{signed(address * scaleOf())}</strong>
    </>
  )
}
