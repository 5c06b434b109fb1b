/**
 * The same view as a line of code. stridefold counts elements and checks the bounds. NumPy counts
 * bytes and does not check.
 */

import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { viewModel } from '../model/shared.ts'
import type { ViewLayout } from '../model/strided-view.ts'

export function ViewCode({
  view: { spec, fault },
}: {
  readonly view: ViewLayout
}): JSX.Element | null {
  if (fault !== undefined) return null
  const { shape, strides, offset } = spec
  const bytes = viewModel.value.input.data.BYTES_PER_ELEMENT
  const tuple = (numbers: readonly number[]): string =>
    `(${numbers.join(', ')}${numbers.length === 1 ? ',' : ''})`
  const lines = [
    [
      'stridefold',
      `asStrided(x, { shape: [${shape.join(', ')}], strides: [${strides.join(', ')}], offset: ${offset} })`,
    ],
    [
      'NumPy',
      `as_strided(x.ravel()[${offset}:], shape=${tuple(shape)}, strides=${tuple(strides.map((stride) => stride * bytes))})`,
    ],
  ] as const
  return (
    <details class="view-code">
      <summary>{messages().asCode}</summary>
      <dl>
        {lines.map(([name, line]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code data-code={name}>{line}</code>
            </dd>
          </div>
        ))}
      </dl>
      <p class="note">{messages().codeNote}</p>
    </details>
  )
}
