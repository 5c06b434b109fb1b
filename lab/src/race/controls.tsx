/** Start and stop, what the race does now, and what grows. */

import type { JSX } from 'preact'
import { measures } from './chart-layout.ts'
import { families, inFamily } from './courses.ts'
import { texts } from './messages/index.ts'
import {
  chooseCourse,
  course,
  fault,
  now,
  type Phase,
  phase,
  results,
  start,
  stop,
  unknownCourse,
} from './race.ts'
import { measure } from './view.ts'

const buttonOf = { ready: 'start', stopped: 'resume', failed: 'resume', done: 'again' } as const

export function Controls(): JSX.Element {
  const text = texts()
  const at = phase.value
  const isOn = at === 'running' || at === 'resting'
  return (
    <div class="race-controls">
      <div class="race-start">
        <button
          type="button"
          class="primary"
          id="race-start"
          onClick={() => (isOn ? stop() : start())}
        >
          {isOn ? text.stop : text[buttonOf[at]]}
        </button>
        <Status at={at} />
      </div>
      <div class="race-courses" role="group" aria-label={text.course}>
        <span class="group-name" aria-hidden="true">
          {text.course}
        </span>
        {families.map((family) => (
          <button
            key={family}
            type="button"
            class="quiet"
            data-family={family}
            aria-pressed={course.value.family === family}
            onClick={() => chooseCourse(inFamily(family)[0]!)}
          >
            {text.families[family]}
          </button>
        ))}
      </div>
      <div class="race-choices">
        <Variants />
        <div class="race-measures" role="group" aria-label={text.measure}>
          {measures.map((name) => (
            <button
              key={name}
              type="button"
              class="quiet small"
              data-measure={name}
              aria-pressed={measure.value === name}
              onClick={() => {
                measure.value = name
              }}
            >
              {text.measures[name]}
            </button>
          ))}
        </div>
      </div>
    </div>
  )
}

function Status({ at }: { readonly at: Phase }): JSX.Element {
  const text = texts()
  const { sizes, family } = course.value
  const doing = now.value
  const done = results.value.filter(({ isWhole }) => isWhole).length + (doing?.share ?? 0)
  const why = fault.value
  const unknown = unknownCourse.value
  return (
    <div class="race-status">
      <progress
        max={sizes.length}
        value={Math.min(sizes.length, done)}
        aria-label={text.phases[at]}
      />
      <span class="phase" role="status" data-phase={at}>
        {why === undefined
          ? `${unknown === undefined ? '' : `${text.unknownCourse(unknown)} `}${text.phases[at]}`
          : `${text.phases.failed} ${why === 'no worker' ? text.noWorker : why.message}`}
      </span>
      {at === 'running' && doing && (
        <span class="now">
          {text.nowAt(text.sizeOf(family, doing.n), text.names[doing.runner] ?? doing.runner)}
        </span>
      )}
    </div>
  )
}

function Variants(): JSX.Element {
  const text = texts()
  const { family, id } = course.value
  const all = inFamily(family)
  return (
    <div class="race-variants" role="group" aria-label={text.variant[family] || text.course}>
      {all.length > 1 && (
        <>
          <span class="group-name" aria-hidden="true">
            {text.variant[family]}
          </span>
          {all.map((of) => (
            <button
              key={of.id}
              type="button"
              class="quiet small"
              data-course={of.id}
              aria-pressed={of.id === id}
              onClick={() => chooseCourse(of)}
            >
              {text.variants[of.variant]}
            </button>
          ))}
        </>
      )}
      <span class="about">{text.abouts[family]}</span>
    </div>
  )
}
