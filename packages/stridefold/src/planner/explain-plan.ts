/**
 * A plan in words: what it chose, why, what every other algorithm would have cost or why it
 * refused.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { type Candidate, type Choice, time } from './choose.ts'
import { type PlanStage, stagesOf } from './parts.ts'

export function explainPlan(g: ConvGeometry, choice: Choice, workspaceBytes: number): string {
  const products = g.axes.reduce(
    (n, axis) => n * axis.output * axis.kernel,
    (g.batch * g.filters * g.channels) / g.groups,
  )
  const lines = [
    `${g.key}`,
    `output ${[g.batch, g.filters, ...g.axes.map((axis) => axis.output)].join('×')}, ` +
      `${grouped(products)} products by the definition`,
    `chosen: ${choice.decision}`,
    `workspace: ${grouped(workspaceBytes)} bytes`,
    '',
    ...choice.candidates.map((candidate) =>
      line(candidate, candidate.algorithm === choice.algorithm.name),
    ),
    '',
    ...stagesOf(choice.program).map(stageLine),
  ]
  return lines.join('\n')
}

function stageLine({ name, prepare, flops, bytesRead, bytesWritten }: PlanStage): string {
  const work = flops === 0 ? '' : `${grouped(flops)} flops, `
  const once = prepare ? ' (once for a kernel)' : ''
  return (
    `stage: ${name}${once}: ${work}${grouped(bytesRead)} bytes read, ${grouped(bytesWritten)} ` +
    'written'
  )
}

function line(candidate: Candidate, chosen: boolean): string {
  const name = `${chosen ? '→' : ' '} ${candidate.algorithm.padEnd(10)}`
  if (candidate.refused !== undefined) return `${name} refuses: ${candidate.refused}`
  const bytes = grouped(candidate.workspaceBytes)
  const left = candidate.considered ? '' : '  (not considered)'
  return (
    `${name} ${time(candidate.milliseconds).padStart(9)}  ` +
    `${(candidate.flops / 1e6).toFixed(2)} Mflop  ${bytes} bytes of workspace${left}`
  )
}

/**
 * 1234567 as 1,234,567. (`toLocaleString` loads the engine's tables of languages: 8 MB in Node 20.)
 */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')
