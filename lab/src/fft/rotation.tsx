/**
 * The number that is shown, in the plane of complex numbers: the numbers that it is a sum of, one
 * after the other; or two bins and their product.
 */

import type { JSX } from 'preact'
import { model, steps } from './fft.ts'
import { type Complex, isTransform, onCircle, product, rotationsOf } from './fft-model.ts'
import { texts } from './messages/index.ts'
import type { ArrayName, Cell } from './settings.ts'

const tones: Readonly<Record<ArrayName, string>> = {
  x: 'of-input',
  X: 'of-input',
  k: 'of-kernel',
  K: 'of-kernel',
  P: 'of-product',
  y: 'of-output',
}
const origin: Complex = { re: 0, im: 0 }

interface Arrow {
  readonly from: Complex
  readonly to: Complex
  readonly tone: string
  readonly isSum?: boolean
}

export const toneOf = (array: ArrayName): string => tones[array]

function arrowsOf({ array, place }: Cell): readonly Arrow[] {
  const now = model.value
  const { arrays, points } = now
  if (array === 'P')
    return (['X', 'K', 'P'] as const).map((name) => ({
      ...{ from: origin, to: arrays[name][place]!, tone: tones[name] },
      isSum: name === 'P',
    }))
  if (!isTransform(array))
    return arrays[array].map((_, bin) => ({
      ...{ from: origin, tone: tones[array] },
      to: product(arrays[array][place]!, onCircle(-bin * place, points)),
    }))
  const tone = tones[array === 'X' ? 'x' : array === 'K' ? 'k' : 'P']
  const arrows: Arrow[] = []
  let from = origin
  for (const { re, im } of rotationsOf(now, array, place)) {
    const to = { re: from.re + re, im: from.im + im }
    if (re !== 0 || im !== 0) arrows.push({ from, to, tone })
    from = to
  }
  return [...arrows, { from: origin, to: from, tone: tones[array], isSum: true }]
}

const [extent, margin] = [180, 14]

export function Rotation(): JSX.Element {
  const text = texts()
  const at = steps.cell.value
  const arrows = at ? arrowsOf(at) : []
  const largest = Math.max(
    1e-9,
    ...arrows.flatMap(({ from, to }) =>
      [from, to].flatMap(({ re, im }) => [Math.abs(re), Math.abs(im)]),
    ),
  )
  const scale = (extent / 2 - margin) / largest
  const place = ({ re, im }: Complex): string =>
    `${(extent / 2 + re * scale).toFixed(1)} ${(extent / 2 - im * scale).toFixed(1)}`
  return (
    <figure class="rotation">
      <figcaption>{text.plane}</figcaption>
      <svg viewBox={`0 0 ${extent} ${extent}`} width={extent} height={extent} aria-hidden="true">
        <path class="axis" d={`M0 ${extent / 2}H${extent}M${extent / 2} 0V${extent}`} />
        <text class="axis-name" x={extent - 4} y={extent / 2 - 5} text-anchor="end">
          {text.real}
        </text>
        <text class="axis-name" x={extent / 2 + 5} y={12}>
          {text.imaginary}
        </text>
        {arrows.map(({ from, to, tone, isSum }, i) => (
          <g key={i} class={`arrow ${tone}${isSum ? ' is-sum' : ''}`}>
            <path d={`M${place(from)}L${place(to)}`} />
            <circle
              cx={(extent / 2 + to.re * scale).toFixed(1)}
              cy={(extent / 2 - to.im * scale).toFixed(1)}
              r={isSum ? 4.5 : 2.5}
            />
          </g>
        ))}
      </svg>
    </figure>
  )
}
