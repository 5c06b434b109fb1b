/**
 * The problem as one field for each number of the geometry, for users who do not write case
 * notation. A combination that is not valid shows the library's message, and the problem does not
 * change.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type ConvGeometry, formatCase } from 'stridefold/sync'
import type { Messages } from '../messages/en.ts'
import { LibraryText } from '../messages/library-text.tsx'
import { messages } from '../messages/messages.ts'
import { frame } from '../model/shared.ts'
import { change } from '../state/store.ts'
import { problemWith } from '../state/valid.ts'

const axisNumbers = ['input', 'kernel', 'stride', 'dilation', 'before', 'after'] as const
const wholeNumbers = ['batch', 'channels', 'filters', 'groups'] as const

export function ProblemForm(): JSX.Element {
  const w = messages()
  const g = frame.value.geometry
  // The rejected problem and the one that it would have replaced. Its message is made when it is
  // drawn, in the language of that time.
  const rejected = useSignal<{ readonly next: ConvGeometry; readonly key: string } | undefined>(
    undefined,
  )
  const fault = rejected.value?.key === g.key ? faultOf(rejected.value.next, w) : undefined
  const apply = (next: ConvGeometry): void => {
    const isValid = faultOf(next, w) === undefined
    rejected.value = isValid ? undefined : { next, key: g.key }
    if (isValid) change({ problem: formatCase(next) })
  }
  return (
    <div class="by-number" role="group" aria-label={w.byNumber}>
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
      <p class="fault" role="status">
        {fault && <LibraryText text={fault} />}
      </p>
    </div>
  )
}

function faultOf(next: ConvGeometry, w: Messages): string | undefined {
  const { batch, channels, filters, groups } = next
  const isWhole =
    numbersOf(next).every(Number.isSafeInteger) && Math.min(batch, channels, filters, groups) >= 1
  if (!isWhole) return w.notWhole
  if (channels % groups !== 0 || filters % groups !== 0)
    return w.notDivided(groups, channels, filters)
  return problemWith(formatCase(next))
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
  }, [frame.value.geometry.key])
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
