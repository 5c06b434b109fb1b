/**
 * The fast transform of the signal as a diagram: a column for each stage, a line for each number.
 * It is one slider over its numbers: left and right change the stage, up and down the place.
 */

import type { JSX, TargetedKeyboardEvent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Press } from '../pages/press.tsx'
import { useWidth } from '../pages/use-width.ts'
import {
  butterflyOf,
  butterflyProducts,
  butterflyStages,
  isPowerOfTwo,
  type Node,
  reversed,
} from './butterfly-model.ts'
import { changeArrays } from './controls.tsx'
import { model, settings, steps } from './fft.ts'
import { type Complex, sizeOf, withoutError } from './fft-model.ts'
import { texts } from './messages/index.ts'
import { fullLength, pointRange } from './settings.ts'
import { shortText } from './telling.tsx'

export function Butterflies(): JSX.Element {
  const text = texts()
  const { points, signals } = model.value
  const [low, high] = pointRange(signals)
  const powers = Array.from({ length: high - low + 1 }, (_, i) => low + i).filter(isPowerOfTwo)
  return (
    <section class="butterflies" aria-labelledby="butterflies-title">
      <h2 id="butterflies-title">{text.butterflies}</h2>
      {isPowerOfTwo(points) ? (
        <>
          <p>{text.butterfliesLead(points, butterflyProducts(points), points ** 2)}</p>
          <Diagram />
        </>
      ) : (
        <>
          <p>{text.butterfliesNeed(points)}</p>
          <div class="groups">
            {powers.map((power) => (
              <Press
                key={power}
                name={`N = ${power}`}
                isOn={undefined}
                press={() =>
                  changeArrays({ points: power === fullLength(signals) ? undefined : power })
                }
              />
            ))}
          </div>
        </>
      )}
    </section>
  )
}

/** The height of a line, and the narrowest column. */
const [line, narrowest] = [30, 140]
/** The share of a column that a box takes, and what is left on each side. */
const boxShare = 0.72
const margin = (1 - boxShare) / 2

function stagesOfSignal(): readonly (readonly Complex[])[] {
  const { x } = model.value.arrays
  const sum = sizeOf(x)
  return butterflyStages(x).map((values) => withoutError(values, sum))
}

function Diagram(): JSX.Element {
  const text = texts()
  const box = useRef<HTMLDivElement>(null)
  const room = useWidth(box)
  const stages = stagesOfSignal()
  const points = stages[0]!.length
  const column = Math.max(narrowest, room / stages.length)
  const last: Node = { stage: stages.length - 1, place: 0 }
  const asked = settings.value.node ?? last
  const node = asked.stage < stages.length && asked.place < points ? asked : last
  // In a narrow window the chosen number is scrolled into sight, inside the box.
  useEffect(() => {
    const left = column * node.stage
    const { scrollLeft, clientWidth } = box.current!
    if (left < scrollLeft) box.current!.scrollLeft = left
    else if (left + column > scrollLeft + clientWidth)
      box.current!.scrollLeft = left + column - clientWidth
  }, [node.stage, column])
  const choose = (chosen: Node): void => steps.changeSettings({ node: chosen })
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const { stage, place } = node
    const to: Readonly<Record<string, Node>> = {
      ArrowLeft: { stage: Math.max(0, stage - 1), place },
      ArrowRight: { stage: Math.min(last.stage, stage + 1), place },
      ArrowUp: { stage, place: Math.max(0, place - 1) },
      ArrowDown: { stage, place: Math.min(points - 1, place + 1) },
    }
    const next = to[event.key]
    if (!next) return
    event.preventDefault()
    choose(next)
  }
  const sentence = sentenceOf(node)
  return (
    <>
      <div
        ref={box}
        id="fft-butterflies"
        class="butterfly-box"
        role="slider"
        tabIndex={0}
        aria-label={text.butterflies}
        aria-valuemin={1}
        aria-valuemax={stages.length * points}
        aria-valuenow={node.stage * points + node.place + 1}
        aria-valuetext={sentence}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const at = (event.target as Element).closest('[data-node]')?.getAttribute('data-node')
          const [stage, place] = at?.split(',').map(Number) ?? []
          if (stage !== undefined && place !== undefined) choose({ stage, place })
        }}
      >
        <svg width={column * stages.length} height={points * line} aria-hidden="true">
          <Wires node={node} count={stages.length} points={points} column={column} />
          {stages.map((values, stage) =>
            values.map((value, place) => (
              <g
                key={`${stage},${place}`}
                data-node={`${stage},${place}`}
                class={classOf(node, { stage, place })}
                transform={`translate(${column * (stage + margin)} ${place * line + 3})`}
              >
                <rect width={column * boxShare} height={line - 6} rx={3} />
                <text x={(column * boxShare) / 2} y={16} text-anchor="middle">
                  {shortText(value)}
                </text>
              </g>
            )),
          )}
        </svg>
      </div>
      <p class="telling-node">{sentence}</p>
    </>
  )
}

function classOf(chosen: Node, { stage, place }: Node): string {
  if (stage === chosen.stage && place === chosen.place) return 'node framed'
  if (chosen.stage === 0 || stage !== chosen.stage - 1) return 'node'
  const { a, b } = butterflyOf(chosen)
  return place === a || place === b ? 'node lit' : 'node'
}

interface WiresProps {
  readonly node: Node
  readonly count: number
  readonly points: number
  readonly column: number
}

/** From the two numbers of a pair to each of its results. Those of the chosen one come last. */
function Wires({ node, count, points, column }: WiresProps): JSX.Element {
  const wires = Array.from({ length: (count - 1) * points }, (_, i) => {
    const to = { stage: Math.floor(i / points) + 1, place: i % points }
    const { a, b } = butterflyOf(to)
    const isOn = to.stage === node.stage && to.place === node.place
    return { to, isOn, d: [a, b].map((from) => wire(from, to, column)).join('') }
  })
  return (
    <>
      {wires
        .toSorted((one, other) => Number(one.isOn) - Number(other.isOn))
        .map(({ to, isOn, d }) => (
          <path key={`${to.stage},${to.place}`} class={isOn ? 'wire is-on' : 'wire'} d={d} />
        ))}
    </>
  )
}

function wire(from: number, { stage, place }: Node, column: number): string {
  const edge = column * margin
  const height = (at: number): number => at * line + line / 2
  const [left, right] = [stage * column - edge, stage * column + edge]
  return `M${left.toFixed(1)} ${height(from)}L${right.toFixed(1)} ${height(place)}`
}

/** The chosen number as what it is computed from. */
function sentenceOf(node: Node): string {
  const text = texts()
  const stages = stagesOfSignal()
  const value = shortText(stages[node.stage]![node.place]!)
  if (node.stage === 0)
    return text.sorted(node.place, reversed(node.place, stages[0]!.length), value)
  const { a, b, step, steps: all, isMinus } = butterflyOf(node)
  const from = stages[node.stage - 1]!
  return text.butterfly(
    `${inBrackets(from[a]!)} ${isMinus ? '−' : '+'} ${turnText(step, all)}` +
      `${inBrackets(from[b]!)} = ${value}`,
    node.stage === stages.length - 1 ? `X[${node.place}]` : undefined,
  )
}

/** A sum and a negative number are in brackets. */
function inBrackets(value: Complex): string {
  const text = shortText(value)
  return /^−| /.test(text) ? `(${text})` : text
}

/** w as a power of e; nothing where it is 1. */
const turnText = (step: number, all: number): string =>
  step === 0 ? '' : `e^(−2πi·${step}/${all}) · `
