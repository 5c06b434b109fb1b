/** The curves in sentences: who is fastest, where curves cross, and what the articles print. */

import type { JSX } from 'preact'
import { leaders } from './crossings.ts'
import { nameOf, texts } from './messages/index.ts'
import { type Comparison, comparisonsOf } from './printed.ts'
import { course, results, runners } from './race.ts'
import { isDisturbed } from './results.ts'
import { timeText } from './units.ts'
import { crossings } from './view.ts'

export function Crossings(): JSX.Element {
  const text = texts()
  const { family } = course.value
  const names = runners.value.map(({ name }) => name)
  const size = (n: number): string => text.sizeOf(family, n)
  const leads = leaders(
    results.value.filter(({ isWhole }) => isWhole),
    names,
  )
  return (
    <section class="race-crossings" aria-labelledby="race-crossings-title">
      <h2 id="race-crossings-title">{text.crossings}</h2>
      {leads.length > 0 && (
        <p class="fastest">
          {text.fastest(
            leads.map(({ name, from, to }) => text.lead(nameOf(name), size(from), size(to))),
          )}
        </p>
      )}
      {isDisturbed(results.value) && <p class="disturbed">{text.disturbed}</p>}
      {crossings.value.length === 0 ? (
        <p class="quiet-text">{text.noCrossings}</p>
      ) : (
        <ol>
          {crossings.value.map(({ loser, from, crossings: own }, i) => (
            <li key={`${loser} ${from}`} data-sentence={i + 1}>
              {text.crossing(
                size(from),
                own.map(({ winner }) => nameOf(winner)),
                nameOf(loser),
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

export function BesideArticles(): JSX.Element | null {
  const text = texts()
  const of = course.value
  const rows = comparisonsOf(of, results.value)
  if (rows.length === 0) return null
  const note = text.articleNote[of.family === 'picture' ? 'picture' : 'image']
  return (
    <section class="race-articles" aria-labelledby="race-articles-title">
      <h2 id="race-articles-title">{text.articles}</h2>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{text.says}</th>
            <th scope="col">{text.here}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.kind} ${row.kind === 'time' ? row.name + row.n : ''}`} row={row} />
          ))}
        </tbody>
      </table>
      <p class="quiet-text">{note}</p>
    </section>
  )
}

function Row({ row }: { readonly row: Comparison }): JSX.Element {
  const text = texts()
  if (row.kind === 'time')
    return (
      <tr>
        <th scope="row">{text.comparisonTime(row)}</th>
        <td>{text.printedTime(row.lowMs, row.highMs)}</td>
        <td>
          {row.hereMs === null
            ? text.notInBrowser
            : row.hereMs === undefined
              ? text.notYet
              : timeText(row.hereMs)}
        </td>
      </tr>
    )
  return (
    <tr>
      <th scope="row">{text.comparisonSpeedup(row)}</th>
      <td>{text.times(row.times)}</td>
      <td>
        {row.here
          ? text.timesAt(row.here.times, text.sizeOf(course.value.family, row.here.n))
          : text.notYet}
      </td>
    </tr>
  )
}
