/**
 * A view in numbers: shape, strides and offset, in elements or bytes, from presets or typed; and the proof that no index leaves the
 * memory, as two sums that are written out.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { scene } from '../model/shared.ts'
import { type Bound, type Laid, type PresetName, presetNames, presetView } from '../model/strided-view.ts'
import { type Unit, units, type ViewSpec } from '../state/state.ts'
import { change, part } from '../state/store.ts'
import { words } from '../words/words.ts'

const unit = part('unit')
const MOST_GHOSTS = 24
const MOST_CELLS = 1 << 20

/** Bytes of what strides are counted in. */
const scaleOf = (name: Unit): number => (name === 'bytes' ? scene.value.input.data.BYTES_PER_ELEMENT : 1)
const signed = (value: number): string => String(value).replace('-', '−')

export function StridesEditor({ view: { spec } }: { readonly view: Laid }): JSX.Element {
  return <Editor key={`${JSON.stringify(spec)} ${unit.value}`} spec={spec} />
}

function Editor({ spec }: { readonly spec: ViewSpec }): JSX.Element {
  const w = words()
  const fault = useSignal<string | undefined>(undefined)
  const scale = scaleOf(unit.value)
  const take = (form: HTMLFormElement): void => {
    const said = new FormData(form)
    const numbers = (name: string): number[] =>
      String(said.get(name) ?? '')
        .split(/[\s,×x]+/)
        .filter(Boolean)
        .map((word) => Number(word.replace('−', '-')))
    const [shape, strides, [offset = Number.NaN]] = [
      numbers('shape'),
      numbers('strides').map((n) => n / scale),
      numbers('offset').map((n) => n / scale),
    ]
    const all = [...shape, ...strides, offset]
    fault.value = !all.every(Number.isSafeInteger)
      ? w.viewNotWhole(scale)
      : shape.length !== strides.length || shape.length === 0 || shape.length > 8
        ? w.viewRank(shape.length, strides.length)
        : shape.some((extent) => extent < 1) || shape.reduce((n, extent) => n * extent, 1) > MOST_CELLS
          ? w.viewExtents(MOST_CELLS)
          : undefined
    if (fault.value === undefined) change({ view: { shape, strides, offset } })
  }
  const fields = [
    ['shape', spec.shape.join(', ')],
    ['strides', spec.strides.map((stride) => stride * scale).join(', ')],
    ['offset', String(spec.offset * scale)],
  ] as const
  return (
    <form
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
            value=""
            onChange={(event) => {
              const name = presetNames.find((each) => each === event.currentTarget.value)
              if (name) change({ view: presetView(name, scene.value) })
            }}
          >
            <option value="">{w.choose}</option>
            {presetNames
              .filter((name) => name === 'lies' || presetView(name, scene.value) !== undefined)
              .map((name: PresetName) => (
                <option key={name} value={name}>
                  {w.viewPresets[name]}
                </option>
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
              defaultValue={value}
            />
          </label>
        ))}
        <label>
          {w.unitName}{' '}
          <select
            name="unit"
            value={unit.value}
            onChange={(event) => change({ unit: units.find((each) => each === event.currentTarget.value) ?? 'elements' })}
          >
            {units.map((name) => (
              <option key={name} value={name}>
                {w.units[name]}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">{w.apply}</button>
      </div>
      <p class="fault" role="status">
        {fault.value}
      </p>
    </form>
  )
}

/** The least and the greatest address, term by term, against the ends of the memory. */
export function BoundsProof({ view }: { readonly view: Laid }): JSX.Element {
  const w = words()
  const { input } = scene.value
  const last = input.data.length - 1
  const outside = [...view.touches.keys()].filter((address) => address < 0 || address > last).sort((a, b) => a - b)
  return (
    <div class="proof" data-proof={view.fault === undefined ? 'inside' : 'outside'}>
      <p class="formula" data-least={view.least.address}>
        {w.least}: <Sum bound={view.least} spec={view.spec} /> {view.least.address >= 0 ? '≥ 0 ✓' : '< 0 ✗'}
      </p>
      <p class="formula" data-greatest={view.greatest.address}>
        {w.greatest}: <Sum bound={view.greatest} spec={view.spec} />{' '}
        {view.greatest.address <= last ? `≤ ${last * scaleOf(unit.value)} ✓` : `> ${last * scaleOf(unit.value)} ✗`}
      </p>
      {view.fault === undefined ? (
        <p class="note">{w.provenInside}</p>
      ) : (
        <>
          <p class="fault" role="status" lang="en">
            {view.fault}
          </p>
          {outside.length > 0 && (
            <ul class="ghosts" aria-label={w.ghosts(outside.length)}>
              {outside.slice(0, MOST_GHOSTS).map((address) => (
                <li key={address}>{signed(address * scaleOf(unit.value))}</li>
              ))}
              {outside.length > MOST_GHOSTS && <li>…</li>}
            </ul>
          )}
        </>
      )}
    </div>
  )
}

function Sum({ bound: { terms, address }, spec }: { readonly bound: Bound; readonly spec: ViewSpec }): JSX.Element {
  const scale = scaleOf(unit.value)
  return (
    <>
      {signed(spec.offset * scale)}
      {terms.map(({ steps, stride }) => ` + ${steps}·${stride < 0 ? `(${signed(stride * scale)})` : stride * scale}`).join('')} ={' '}
      <strong>{signed(address * scale)}</strong>
    </>
  )
}
