/** The finding as a program for a library, to copy. */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { CopyButton } from '../exchange/copy-button.tsx'
import type { Finding } from './finding.ts'
import { texts } from './messages/index.ts'
import { type ProgramSystem, programOf, programSystems, titleOf } from './program.ts'

export function CodeBox({ finding }: { readonly finding: Finding }): JSX.Element {
  const text = texts()
  const chosen = useSignal<ProgramSystem>('numpy')
  const program = programOf(finding, chosen.value)
  const title = titleOf(chosen.value)
  return (
    <section class="code-box" aria-labelledby="detective-code">
      <h3 id="detective-code">{text.code}</h3>
      <p class="code-head">
        <label>
          {text.system}{' '}
          <select
            value={chosen.value}
            onChange={(event) => {
              chosen.value = event.currentTarget.value as ProgramSystem
            }}
          >
            {programSystems.map((name) => (
              <option key={name} value={name}>
                {titleOf(name)}
              </option>
            ))}
          </select>
        </label>
        <CopyButton text={'text' in program ? program.text : undefined} kind="detective" />
      </p>
      {'text' in program ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls needs the keyboard.
        <pre tabIndex={0} role="group" aria-label={text.program(title)}>
          <code>{program.text}</code>
        </pre>
      ) : (
        <div class="no-code">
          {'none' in program ? (
            <p>{program.none === 'trap' ? text.noTrap : text.noLines}</p>
          ) : (
            <p>
              {text.noProgram(title)} <q lang="en">{program.reason}</q>
            </p>
          )}
        </div>
      )}
    </section>
  )
}
