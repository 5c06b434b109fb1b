/** The frame for a page of one's own: an `iframe` with the address of this problem. */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { state } from '../state/store.ts'
import { CopyButton } from './copy-button.tsx'
import { texts } from './messages/index.ts'
import { escapeXml } from './pen.ts'

const heights = [420, 560, 720] as const

export function EmbedPart(): JSX.Element {
  const text = texts()
  const height = useSignal<number>(560)
  // The link follows a moment after a change.
  void state.value
  const { hash } = location
  const address = new URL(`embed.html${hash}`, location.href).href
  const snippet =
    `<iframe src="${escapeXml(address)}" width="100%" height="${height.value}" ` +
    'title="Convolution" loading="lazy" style="border: 0"></iframe>'
  return (
    <section aria-labelledby="save-embed">
      <h3 id="save-embed">{text.embed}</h3>
      <p>{text.embedLead}</p>
      <p class="save-row">
        <label>
          {text.embedHeight}{' '}
          <select
            value={height.value}
            onChange={(event) => {
              height.value = Number(event.currentTarget.value)
            }}
          >
            {heights.map((pixels) => (
              <option key={pixels} value={pixels}>
                {pixels}
              </option>
            ))}
          </select>
        </label>
        <CopyButton text={snippet} kind="embed" />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls needs keys. */}
      <pre class="save-snippet" tabIndex={0} role="group" aria-label={text.embed}>
        <code data-snippet>{snippet}</code>
      </pre>
    </section>
  )
}
