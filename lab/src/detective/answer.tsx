/** What was found, in plain words, and what the numbers cannot tell from it. */

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { formatCase } from 'stridefold/sync'
import { change } from '../state/store.ts'
import { CodeBox } from './code-box.tsx'
import { report } from './detective.ts'
import { type Difference, differenceOf } from './difference.ts'
import { DifferenceFigure, NearestWords } from './difference-figure.tsx'
import { type Fact, factsOf, otherFacts, sameAs } from './facts.ts'
import type { Finding } from './finding.ts'
import { texts } from './messages/index.ts'
import { geometryOf, operandsOf } from './structures.ts'

export function Answer(): JSX.Element {
  const now = report.value
  return (
    <section
      id="detective-answer"
      class="detective-answer"
      tabIndex={-1}
      aria-labelledby="detective-verdict"
      data-kind={now.kind === 'done' ? now.outcome.kind : now.kind}
    >
      <Outcome />
    </section>
  )
}

function Outcome(): JSX.Element {
  const text = texts()
  const now = report.value
  if (now.kind === 'missing') return <Verdict>{text.missing(now.arrays)}</Verdict>
  if (now.kind === 'busy') return <Verdict>{text.busy(Math.round(100 * now.done))}</Verdict>
  const { outcome } = now
  if (outcome.kind === 'large') return <Verdict>{text.large}</Verdict>
  if (outcome.kind === 'shapes')
    return (
      <>
        <Verdict>{text.shapes}</Verdict>
        <p class="note">{text.shapesHint}</p>
      </>
    )
  return outcome.kind === 'equal' ? (
    <Equal findings={outcome.findings} tried={outcome.tried} />
  ) : (
    <Nearest finding={outcome.finding} tried={outcome.tried} />
  )
}

const Verdict = ({ children }: { readonly children: string }): JSX.Element => (
  <div role="status">
    <h2 id="detective-verdict">{children}</h2>
  </div>
)

const fewOutputs = 4

function Equal({
  findings,
  tried,
}: {
  readonly findings: readonly Finding[]
  readonly tried: number
}): JSX.Element {
  const text = texts()
  const best = findings[0]!
  const facts = factsOf(best)
  const isPlain = facts.every(({ isUsual }) => isUsual)
  const calls = sameAs(best)
  const count = best.arrangement.y.values.length
  return (
    <>
      <Verdict>{isPlain ? text.plain : text.equal}</Verdict>
      <Facts facts={facts} />
      {calls.length > 0 && <p>{text.sameAs(calls)}</p>}
      {count < fewOutputs && <p>{text.few(count)}</p>}
      <Others findings={findings} />
      <p class="note">
        {text.tried(tried)} {text.float}
      </p>
      <LensButton finding={best} />
      <CodeBox finding={best} />
    </>
  )
}

/** Changes first: they are what one looks for. */
const Facts = ({ facts }: { readonly facts: readonly Fact[] }): JSX.Element => (
  <ul class="facts">
    {[...facts]
      .sort((a, b) => Number(a.isUsual ?? false) - Number(b.isUsual ?? false))
      .map((fact) => (
        <li
          key={JSON.stringify(fact)}
          class={fact.isUsual ? 'usual' : 'change'}
          data-fact={fact.kind}
        >
          {texts().fact(fact)}
        </li>
      ))}
  </ul>
)

const maxOthers = 5

/** Other explanations that give the same numbers, by what they say instead. */
function Others({ findings }: { readonly findings: readonly Finding[] }): JSX.Element | null {
  const text = texts()
  const [best, ...others] = findings
  if (others.length === 0) return null
  return (
    <div class="others">
      <p>{text.others}</p>
      <ul>
        {others.slice(0, maxOthers).map((other) => {
          const { added, dropped } = otherFacts(best!, other)
          const words = (facts: readonly Fact[]): string => facts.map(text.fact).join('; ')
          const line = added.length > 0 ? words(added) : text.without(words(dropped))
          return <li key={line}>{line}</li>
        })}
        {others.length > maxOthers && <li>{text.more(others.length - maxOthers)}</li>}
      </ul>
    </div>
  )
}

function Nearest({
  finding,
  tried,
}: {
  readonly finding: Finding
  readonly tried: number
}): JSX.Element {
  const text = texts()
  const difference: Difference = useMemo(() => differenceOf(finding), [finding])
  return (
    <>
      <Verdict>{text.nearest}</Verdict>
      <Facts facts={factsOf(finding)} />
      <NearestWords difference={difference} />
      <DifferenceFigure difference={difference} />
      <p class="note">{text.tried(tried)}</p>
      <LensButton finding={finding} />
    </>
  )
}

/** The first screen shows one plane and one kernel. */
function LensButton({ finding }: { readonly finding: Finding }): JSX.Element | null {
  const geometry = geometryOf(finding, finding.windows.axes)
  if (geometry.channels * geometry.filters * geometry.batch > 1 || finding.trap) return null
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => {
        const { input, kernel } = operandsOf(finding)
        change({
          page: undefined,
          photo: undefined,
          dock: undefined,
          tap: undefined,
          problem: formatCase({ ...geometry, dtype: 'float32' }),
          input: { values: Array.from(input.data) },
          kernel: { values: Array.from(kernel.data) },
          bias: 0,
          focus: { output: [0, 0, ...geometry.axes.map(() => 0)] },
          views: [],
        })
      }}
    >
      {texts().openLens}
    </button>
  )
}
