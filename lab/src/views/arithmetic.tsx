/**
 * The focused output as its sum, tap by tap, with the running sum, in numbers and in symbols.
 */

import type { JSX } from 'preact'
import type { Tap } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import type { Highlight } from '../model/highlight.ts'
import { exactText, shortText } from '../model/number-text.ts'
import { placeOf } from '../model/numbers.ts'
import { viewModel } from '../model/shared.ts'
import { colourOfTap } from '../model/tap-colours.ts'
import { part, pin } from '../state/store.ts'
import { Follows } from './follows.tsx'
import { Legend } from './legend.tsx'

const maxTerms = 64
/**
 * The largest number of listed products for a focus with many outputs. The start of a long list is
 * enough to see its rule.
 */
const maxListedProducts = 40
const active = part('tap')

export function Arithmetic(): JSX.Element {
  return (
    <>
      <Follows lines={16} label={messages().views.arithmetic}>
        <Products />
      </Follows>
      <Legend marks={['tap', 'border']} />
    </>
  )
}

function Products(): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const { taps, count, reason, focus, outputs } = highlighted.value
  if (!focus) return <p class="empty">{w.nothingShown}</p>
  if (taps.length === 0) return <p class="empty">{w.library(reason ?? '')}</p>
  return outputs() === 1 ? (
    <OneSum {...highlighted.value} isWhole={'output' in focus} />
  ) : (
    <ManyProducts taps={taps} count={count} outputs={outputs()} />
  )
}

interface Strip {
  /** The first products of `count`. */
  readonly taps: readonly Tap[]
  readonly count: number
}

interface SumProps extends Strip, Pick<Highlight, 'sum'> {
  readonly isWhole: boolean
}

function OneSum({ taps, count, sum: sumUpTo, isWhole }: SumProps): JSX.Element {
  const w = messages()
  const { output, bias, shapes } = viewModel.value
  const shown = taps.slice(0, maxTerms)
  const { output: index } = taps[0]!
  const sum = sumUpTo()
  const result = output.data[placeOf(index, shapes.output)]!
  return (
    <>
      <p class="sum-line" data-sum={sum}>
        <var>y</var>[{index.join(', ')}] ={' '}
        {isWhole ? (
          <>
            Σ = <strong>{exactText(sum)}</strong>
            {bias !== 0 && (
              <>
                {' '}
                + {w.bias} {exactText(bias)}
              </>
            )}{' '}
            {isSame(result, (sum ?? 0) + bias)
              ? ''
              : `≈ ${String(result).replace('-', '−')} ` +
                `(${w.rounded(viewModel.value.geometry.dtype)})`}
          </>
        ) : (
          w.partOfSum(count)
        )}
      </p>
      <ol class="strip" data-strip="products">
        {shown.map((tap) => (
          <TapTerm key={tap.tap} tap={tap} />
        ))}
      </ol>
      {count > shown.length && <p class="note">{w.moreTaps(count - shown.length)}</p>}
      <details>
        <summary>{w.symbolic}</summary>
        <p class="formula letters">{symbolic(taps.slice(0, maxTerms))}</p>
        <button
          type="button"
          onClick={() => void navigator.clipboard?.writeText(numericText(taps, count, sum))}
        >
          {w.copyText}
        </button>{' '}
        <button
          type="button"
          onClick={() => void navigator.clipboard?.writeText(latexText(taps, count, sum))}
        >
          {w.copyLatex}
        </button>
      </details>
    </>
  )
}

function TapTerm({ tap }: { readonly tap: Tap }): JSX.Element {
  const w = messages()
  const { background, ink } = colourOfTap.value(tap.tap)
  const isActive = active.value === tap.tap
  return (
    <li class={isActive ? 'active' : ''}>
      <button
        type="button"
        class="term"
        aria-pressed={isActive}
        aria-label={w.term(
          tap.tap,
          exactText(tap.value),
          exactText(tap.weight),
          exactText(tap.product),
          exactText(tap.sum),
          tap.padded,
        )}
        onClick={() => pin({ output: tap.output }, isActive ? undefined : tap.tap)}
      >
        <span class="chip" style={{ background, color: ink }}>
          {tap.tap}
        </span>
        <span class={tap.padded ? 'padded' : 'sample'}>{shortText(tap.value)}</span>
        <span class="times">×</span>
        <span class="weight">{shortText(tap.weight)}</span>
        <span class="equals">= {shortText(tap.product)}</span>
        {tap.sum !== undefined && <span class="running">Σ {shortText(tap.sum)}</span>}
      </button>
    </li>
  )
}

/**
 * The products of a focus with many outputs, such as a sample or a weight: one row for each
 * product.
 */
function ManyProducts({ taps, count, outputs }: Strip & { readonly outputs: number }): JSX.Element {
  const w = messages()
  const listed = taps.slice(0, maxListedProducts)
  return (
    <>
      <p class="formula">
        {w.paddedProducts(
          w.manyProducts(count, outputs),
          taps.length === count ? taps.filter(({ padded }) => padded).length : 0,
        )}
      </p>
      <table class="products">
        <thead>
          <tr>
            {[w.tap, w.output, w.input, w.kernel, w.product].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listed.map((tap, line) => {
            const { background, ink } = colourOfTap.value(tap.tap)
            return (
              // The key is the row number, not the product. So the next focus reuses the existing
              // rows.
              <tr key={line}>
                <td>
                  <span class="chip" style={{ background, color: ink }}>
                    {tap.tap}
                  </span>
                </td>
                <td>
                  <button type="button" class="link" onClick={() => pin({ output: tap.output })}>
                    y[{tap.output.join(', ')}]
                  </button>
                </td>
                <td>{tap.input ? `x[${tap.input.join(', ')}]` : w.kinds.padding}</td>
                <td>k[{tap.kernel.join(', ')}]</td>
                <td class="figure">
                  {shortText(tap.value)} × {shortText(tap.weight)} = {shortText(tap.product)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {count > listed.length && <p class="note">{w.moreTaps(count - listed.length)}</p>}
    </>
  )
}

const isSame = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b))

/** The sum as symbols with indices, as in a textbook. */
function symbolic(taps: readonly Tap[]): JSX.Element {
  return (
    <>
      <var>y</var>
      <sub>{taps[0]!.output.join(',')}</sub> ={' '}
      {taps.map((tap, i) => (
        <span key={tap.tap} class="term-letters">
          {i > 0 && ' + '}
          {tap.input ? (
            <>
              <var>x</var>
              <sub>{tap.input.join(',')}</sub>
            </>
          ) : (
            <span class="padded">{shortText(tap.value)}</span>
          )}
          ·<var>k</var>
          <sub>{tap.kernel.join(',')}</sub>
        </span>
      ))}
    </>
  )
}

/** Of very many products only the first are listed. Three dots stand for the others. */
function numericText(taps: readonly Tap[], count: number, sum: number | undefined): string {
  const products = taps.map(
    ({ value, weight }) => `${value}*${weight! < 0 ? `(${weight})` : weight}`,
  )
  if (count > taps.length) products.push('...')
  return `y[${taps[0]!.output.join(', ')}] = ${products.join(' + ')} = ${sum}`
}

function latexText(taps: readonly Tap[], count: number, sum: number | undefined): string {
  const products = taps.map(
    ({ input, value, kernel }) =>
      `${input ? `x_{${input.join(',')}}` : value}\\,k_{${kernel.join(',')}}`,
  )
  if (count > taps.length) products.push('\\dots')
  return `y_{${taps[0]!.output.join(',')}} = ${products.join(' + ')} = ${sum}`
}
