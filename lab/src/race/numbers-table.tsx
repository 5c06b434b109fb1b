/** The numbers of the chart as a table, and as CSV. */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { pointValue } from './chart-layout.ts'
import { nameOf, texts } from './messages/index.ts'
import { course, results, runners } from './race.ts'
import { csvOf, type SizeResult } from './results.ts'
import type { Runner } from './runners.ts'
import { textOf, timesText } from './units.ts'
import { measure } from './view.ts'

export function NumbersTable(): JSX.Element {
  const text = texts()
  const { family } = course.value
  return (
    <details class="race-table">
      <summary>{text.table}</summary>
      <Files />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls needs the keyboard */}
      <div class="table-box" role="region" tabIndex={0} aria-label={text.tableOf[measure.value]}>
        <table>
          <caption>{text.tableOf[measure.value]}</caption>
          <thead>
            <tr>
              <th scope="col">{text.runner}</th>
              {results.value.map(({ n }) => (
                <th key={n} scope="col">
                  {text.sizeOf(family, n)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runners.value.map((runner) => (
              <tr key={runner.name}>
                <th scope="row">{nameOf(runner.name)}</th>
                {results.value.map((result) => (
                  <Cell key={result.n} result={result} runner={runner} />
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">{text.autoTakes}</th>
              {results.value.map(({ n, chosen }) => (
                <td key={n}>{chosen}</td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </details>
  )
}

function Cell({
  result: { n, standings },
  runner: { name },
}: {
  readonly result: SizeResult
  readonly runner: Runner
}): JSX.Element {
  const standing = standings[name]
  if (standing?.kind !== 'measured') return <td>–</td>
  const value = pointValue(measure.value, { n, ...standing })
  return (
    <td data-runner={name} data-n={n} data-value={value}>
      {textOf[measure.value](value)}
      {measure.value === 'time' && <small>{timesText(standing.low, standing.high)}</small>}
    </td>
  )
}

function Files(): JSX.Element {
  const text = texts()
  const said = useSignal('')
  const csv = (): string => csvOf(course.peek(), results.peek())
  const isEmpty = results.value.length === 0
  return (
    <p class="race-files">
      <button
        type="button"
        class="quiet small"
        id="race-copy"
        disabled={isEmpty}
        onClick={async () => {
          try {
            await navigator.clipboard.writeText(csv())
            said.value = texts().copied
          } catch {
            said.value = texts().notCopied
          }
        }}
      >
        {text.copy}
      </button>
      <button
        type="button"
        class="quiet small"
        id="race-save"
        disabled={isEmpty}
        onClick={() => save(csv(), `race-${course.peek().id}.csv`)}
      >
        {text.save}
      </button>
      <span role="status">{said.value}</span>
    </p>
  )
}

function save(content: string, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type: 'text/csv' }))
  link.download = name
  link.click()
  // The browser has read the address by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
