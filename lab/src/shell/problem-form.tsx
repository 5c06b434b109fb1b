/**
 * The problem as one field for each number of the geometry, for users who do not write case
 * notation. A combination that is not valid shows the library's message, and the problem does not
 * change.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type ConvGeometry, formatCase } from 'stridefold/sync'
import { viewModel } from '../model/shared.ts'
import { problemWith } from '../state/link.ts'
import { change } from '../state/store.ts'
import { messages } from '../messages/messages.ts'

const axisNumbers = ['input', 'kernel', 'stride', 'dilation', 'before', 'after'] as const
const wholeNumbers = ['batch', 'channels', 'filters', 'groups'] as const

export function ProblemForm(): JSX.Element {
  const w = messages()
  const fault = useSignal<string | undefined>(undefined)
  const translatedFault = useSignal<string | undefined>(undefined)
  const g = viewModel.value.geometry
  const apply = (next: ConvGeometry): void => {
    const isInteger =
      numbersOf(next).every(Number.isSafeInteger) &&
      Math.min(next.batch, next.channels, next.filters, next.groups) >= 1
    const isDivisible = next.channels % next.groups === 0 && next.filters % next.groups === 0
    translatedFault.value = !isInteger
      ? w.notWhole
      : !isDivisible
        ? w.notDivided(next.groups, next.channels, next.filters)
        : undefined
    fault.value = translatedFault.value ?? problemWith(formatCase(next))
    if (fault.value === undefined) change({ problem: formatCase(next) })
  }
  return (
    <details class="by-number">
      <summary>{w.byNumber}</summary>
      <div class="grid-scroll">
        <table class="products">
          <thead>
            <tr>
              <th scope="col">{w.axis}</th>
              {axisNumbers.map((name) => (
                <th key={name} scope="col">
                  {w.axisNumbers[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {g.axes.map((axis, a) => (
              <tr key={a}>
                <th scope="row">{w.axisName(a)}</th>
                {axisNumbers.map((name) => (
                  <td key={name}>
                    <NumberField
                      label={`${w.axisName(a)}, ${w.axisNumbers[name]}`}
                      name={`${name}-${a}`}
                      value={axis[name]}
                      least={name === 'before' || name === 'after' ? undefined : 1}
                      apply={(value) =>
                        apply({
                          ...g,
                          axes: g.axes.map((old, i) => (i === a ? { ...old, [name]: value } : old)),
                        })
                      }
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="row">
        <label>
          {w.axes}{' '}
          <select
            value={g.axes.length}
            name="axes"
            onChange={(event) => apply(withAxes(g, Number(event.currentTarget.value)))}
          >
            {[1, 2, 3].map((count) => (
              <option key={count}>{count}</option>
            ))}
          </select>
        </label>
        {wholeNumbers.map((name) => (
          <span key={name} class="check">
            <span aria-hidden="true">{w.wholeNumbers[name]}</span>
            <NumberField
              label={w.wholeNumbers[name]}
              name={name}
              value={g[name]}
              least={1}
              apply={(value) => apply({ ...g, [name]: value })}
            />
          </span>
        ))}
        <label class="check">
          <input
            type="checkbox"
            checked={g.flip}
            onChange={(event) => apply({ ...g, flip: event.currentTarget.checked })}
          />
          {w.flipped}
        </label>
      </div>
      <p class="fault" role="status" {...(!translatedFault.value && { lang: 'en' })}>
        {fault.value}
      </p>
    </details>
  )
}

interface Field {
  readonly label: string
  readonly name: string
  readonly value: number
  readonly least: number | undefined
  readonly apply: (value: number) => void
}

function NumberField({ label, name, value, least, apply }: Field): JSX.Element {
  const field = useRef<HTMLInputElement>(null)
  // A rejected number stays until the problem changes. The field itself stays, with its focus.
  useLayoutEffect(() => {
    field.current!.value = String(value)
  }, [viewModel.value.geometry.key])
  return (
    <input
      ref={field}
      class="number"
      type="number"
      name={name}
      step={1}
      min={least}
      aria-label={label}
      onChange={(event) => apply(event.currentTarget.valueAsNumber)}
    />
  )
}

const numbersOf = (g: ConvGeometry): readonly number[] => [
  ...wholeNumbers.map((name) => g[name]),
  ...g.axes.flatMap((axis) => axisNumbers.map((name) => axis[name])),
]

/** Added axes are copies of the first one and stand before it. Removed axes are the first ones. */
function withAxes(g: ConvGeometry, count: number): ConvGeometry {
  const extended = <T,>(all: readonly T[]): readonly T[] =>
    [...new Array<T>(Math.max(0, count - all.length)).fill(all[0]!), ...all].slice(-count)
  return { ...g, axes: extended(g.axes), boundary: extended(g.boundary) }
}
