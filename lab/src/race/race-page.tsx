/**
 * The race: every algorithm, and the ways of the articles, timed on this device over growing sizes.
 */

import './race.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { PageFrame } from '../pages/page-frame.tsx'
import { change } from '../state/store.ts'
import { Chart } from './chart.tsx'
import { Controls } from './controls.tsx'
import { BesideArticles, Crossings } from './findings.tsx'
import { texts } from './messages/index.ts'
import { NumbersTable } from './numbers-table.tsx'
import { clock, followRace } from './race.ts'
import { RunnerList } from './runner-list.tsx'

export function RacePage(): JSX.Element {
  useEffect(followRace, [])
  const text = texts()
  return (
    <PageFrame
      kind="race-page"
      title={text.title}
      headline={text.headline}
      skip={{ text: text.skip, to: 'race-chart' }}
      back={{ text: text.toLens, go: () => change({ page: undefined }) }}
    >
      <Controls />
      <div class="race-columns">
        <div class="race-sight">
          <Chart />
          <div class="race-findings">
            <BesideArticles />
            <Crossings />
          </div>
        </div>
        <RunnerList />
      </div>
      <NumbersTable />
      <details class="race-how">
        <summary>{text.how}</summary>
        <ul>
          {text.notes(clock.value).map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </details>
    </PageFrame>
  )
}
