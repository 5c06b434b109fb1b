/**
 * Convolution beside correlation: the kernel as given and turned by 180°, both sums of products for
 * this window, the differences of the region, and which libraries turn.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { change, state } from '../../state/store.ts'
import { dockBox } from '../layout.ts'
import { numberText } from '../number.ts'
import { added, stageModel } from '../stage.ts'
import './flip.css'
import { DifferenceMap } from './flip-map.tsx'
import { differences, layout, page, pair, results } from './flip-now.ts'
import { symmetryOf, turnedProblem, type Way, ways } from './flip-pair.ts'
import { Products } from './flip-products.tsx'
import { flipText, libraries } from './flip-text.ts'
import { drawnAngle, TurningKernel, turnTo } from './flip-turn.tsx'
import { PageButtons } from './page-buttons.tsx'
import { styleText } from './style-text.ts'

export default function FlipDock(): JSX.Element {
  return (
    <div class="flip-dock" data-phone={dockBox.value.isPhone}>
      {page.value === 'results' ? <Results /> : <Libraries />}
      {page.value === 'results' ? <ResultCaption /> : <LibraryCaption />}
      <PageButtons
        buttons={(['results', 'libraries'] as const).map((name) => ({
          name: flipText().pages[name],
          isPressed: page.value === name,
          press: () => {
            page.value = name
          },
        }))}
      />
    </div>
  )
}

function Results(): JSX.Element {
  const { left } = layout.value
  return (
    <div class="flip-figure" style={{ gridTemplateColumns: `${left}px minmax(0, 1fr)` }}>
      <TurningKernel />
      <div class="flip-ways" role="radiogroup" aria-label={flipText().ways}>
        {ways.map((way) => (
          <Card key={way} way={way} />
        ))}
      </div>
      <DifferenceMap />
    </div>
  )
}

interface CardProps {
  readonly way: Way
}

/** One way: its name as a switch, its products and their sum. */
function Card({ way }: CardProps): JSX.Element {
  const { name, kernel } = flipText().way[way]
  const isCurrent = useComputed(() => pair.value.current === way)
  return (
    <div class="flip-way" data-way={way} data-current={isCurrent}>
      <label>
        <input
          type="radio"
          name="flip-way"
          value={way}
          checked={isCurrent}
          onChange={() => compute(way)}
        />
        <b>{name}</b> <span>{kernel}</span>
      </label>
      <div class="flip-sum">
        <Products way={way} />
        <Sum way={way} />
      </div>
    </div>
  )
}

/** The problem changes, and the drawing of the kernel turns to it. */
function compute(way: Way): void {
  if (pair.peek().current === way) return
  const from = drawnAngle()
  change({ problem: turnedProblem(state.peek().problem) })
  turnTo(way === 'convolution' ? 180 : 0, from)
}

/** The sum, and what follows from it if it is divided or moved by a bias. */
function Sum({ way }: CardProps): JSX.Element {
  const result = useComputed(() => results.value[way])
  // While Play adds the products there is no sum yet.
  const isSummed = useComputed(() => added.value === undefined)
  const text = useComputed(() => (isSummed.value ? numberText(result.value.result) : ''))
  const sum = useComputed(() => numberText(result.value.sum))
  const steps = useComputed(() => {
    const { divisor, bias } = stageModel.value
    const divided = divisor === 1 ? '' : ` ÷ ${numberText(divisor)}`
    return bias === 0 ? divided : `${divided} ${bias < 0 ? '−' : '+'} ${numberText(Math.abs(bias))}`
  })
  return (
    <p class="flip-result">
      <span class="flip-equals">=</span>{' '}
      <small hidden={useComputed(() => steps.value === '' || !isSummed.value)}>
        <span>{sum}</span>
        {steps}
      </small>{' '}
      <strong
        data-result={way}
        style={useComputed(() => styleText({ 'font-size': `${sumSize(text.value)}px` }))}
      >
        {text}
      </strong>
    </p>
  )
}

/** The height of the digits of a sum: as large as its card allows. */
function sumSize(text: string): number {
  const { sumType, sumWidth } = layout.value
  return Math.max(12, Math.min(sumType, sumWidth / (Math.max(1, text.length) * 0.58)))
}

function ResultCaption(): JSX.Element {
  const { correlation, convolution } = results.value
  const all = differences.value
  const { title, rest } = flipText().caption({
    symmetry: symmetryOf(stageModel.value.kernel.data),
    correlation: numberText(correlation.result),
    convolution: numberText(convolution.result),
    differing: all.filter((difference) => difference !== 0).length,
    shown: all.length,
  })
  return (
    <p class="caption">
      <b>{title}</b> {rest}
    </p>
  )
}

function LibraryCaption(): JSX.Element {
  const { title, rest } = flipText().librariesCaption
  return (
    <p class="caption">
      <b>{title}</b> {rest}
    </p>
  )
}

/** The libraries in two tables side by side, so that they need half the height. */
function Libraries(): JSX.Element {
  const half = Math.ceil(libraries.length / 2)
  return (
    <div class="flip-libraries">
      {[libraries.slice(0, half), libraries.slice(half)].map((some, i) => (
        <LibraryTable key={i} some={some} />
      ))}
    </div>
  )
}

function LibraryTable({ some }: { readonly some: typeof libraries }): JSX.Element {
  const text = flipText()
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{text.library}</th>
          {(['convolution', 'correlation'] as const).map((way) => (
            <th key={way} scope="col" data-current={pair.value.current === way}>
              {text.turning[way]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {some.map((library) => (
          <tr key={library.name}>
            <th scope="row">{library.name}</th>
            <td>{library.convolution || '–'}</td>
            <td>{library.correlation || '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
