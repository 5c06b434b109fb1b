/** The program for another system, to copy or to save. */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { programFor, type SystemName, systemTitles } from './code-out.ts'
import { CopyButton } from './copy-button.tsx'
import type { Save } from './data-files.ts'
import { texts } from './messages/index.ts'
import { pageArrays } from './page-arrays.ts'

export function CodePart({ save }: { readonly save: Save }): JSX.Element {
  const text = texts()
  const chosen = useSignal<SystemName>('pytorch')
  const arrays = useMemo(pageArrays, [])
  const program = useMemo(() => programFor(chosen.value, arrays), [chosen.value, arrays])
  const title = systemTitles.find(([name]) => name === chosen.value)![1]
  return (
    <section aria-labelledby="save-code">
      <h3 id="save-code">{text.code}</h3>
      <p class="save-row">
        <label>
          {text.system}{' '}
          <select
            data-system
            value={chosen.value}
            onChange={(event) => {
              chosen.value = event.currentTarget.value as SystemName
            }}
          >
            {systemTitles.map(([name, each]) => (
              <option key={name} value={name}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <CopyButton text={'text' in program ? program.text : undefined} kind="code" />
        <button
          type="button"
          data-save="code"
          disabled={!('text' in program)}
          onClick={() => {
            if ('text' in program)
              save(
                `convolution-${chosen.value}.${program.ending}`,
                () => new Blob([program.text], { type: 'text/plain' }),
              )
          }}
        >
          {text.saveCode}
        </button>
      </p>
      {'text' in program ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls needs the keyboard.
        <pre tabIndex={0} role="group" aria-label={text.programFor(title)}>
          <code data-program>{program.text}</code>
        </pre>
      ) : (
        <div class="save-none" data-no-program>
          <p>{text.noProgram(title)}</p>
          <q lang="en">{program.reason}</q>
        </div>
      )}
      <p class="save-note">
        {'text' in program && program.missing.length > 0 ? text.missing(program.missing) : ' '}
      </p>
    </section>
  )
}
