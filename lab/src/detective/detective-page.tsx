/**
 * The page “Detective”: which convolution made the output that one got? Three fields, and the
 * answer in plain words.
 */

import './detective.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Faults } from '../pages/faults.tsx'
import { PageFrame } from '../pages/page-frame.tsx'
import { change } from '../state/store.ts'
import { Answer } from './answer.tsx'
import { example, faults, followDetective, isUnlinked, showExample } from './detective.ts'
import { exampleNames } from './examples.ts'
import { FieldBox } from './field-box.tsx'
import { texts } from './messages/index.ts'
import { arrayNames } from './settings.ts'

export function DetectivePage(): JSX.Element {
  useEffect(followDetective, [])
  const text = texts()
  return (
    <PageFrame
      kind="detective-page"
      title={text.title}
      headline={text.headline}
      skip={{ text: text.skip, to: 'detective-answer' }}
      back={{ text: text.toLens, go: () => change({ page: undefined }) }}
    >
      <Faults text={text.linkFault} faults={faults.value} />
      <p class="lead">{text.lead}</p>
      <div class="examples" role="group" aria-label={text.examples}>
        {exampleNames.map((name) => (
          <button
            key={name}
            type="button"
            class="quiet small"
            aria-pressed={example.value === name}
            onClick={() => showExample(name)}
          >
            {text.exampleNames[name]}
          </button>
        ))}
      </div>
      <div class="detective-fields">
        {arrayNames.map((name) => (
          <FieldBox key={name} name={name} />
        ))}
      </div>
      {isUnlinked.value && <p class="note">{text.unlinked}</p>}
      <Answer />
    </PageFrame>
  )
}
