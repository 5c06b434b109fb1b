/**
 * A plan in words: what it chose, why, what every other algorithm would have cost or why it refused.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { type Candidate, type Choice, time } from './choose.ts'
import { type PlanStage, stagesOf } from './parts.ts'

export function explainPlan(g: ConvGeometry, choice: Choice, workspaceBytes: number): string {
  const products = g.axes.reduce((n, axis) => n * axis.output * axis.kernel, (g.batch * g.filters * g.channels) / g.groups)
  const lines = [
    `${g.key}`,
    `output ${[g.batch, g.filters, ...g.axes.map((axis) => axis.output)].join('×')}, ${products.toLocaleString('en')} products by the definition`,
    `chosen: ${choice.decision}`,
    `workspace: ${workspaceBytes.toLocaleString('en')} bytes`,
    '',
    ...choice.candidates.map((candidate) => line(candidate, candidate.algorithm === choice.algorithm.name)),
    '',
    ...stagesOf(choice.program).map(stageLine),
  ]
  return lines.join('\n')
}

function stageLine({ name, prepare, flops, bytesRead, bytesWritten }: PlanStage): string {
  const work = flops === 0 ? '' : `${flops.toLocaleString('en')} flops, `
  const once = prepare ? ' (once for a kernel)' : ''
  return `stage: ${name}${once}: ${work}${bytesRead.toLocaleString('en')} bytes read, ${bytesWritten.toLocaleString('en')} written`
}

function line(candidate: Candidate, chosen: boolean): string {
  const name = `${chosen ? '→' : ' '} ${candidate.algorithm.padEnd(10)}`
  if (candidate.refused !== undefined) return `${name} refuses: ${candidate.refused}`
  const bytes = candidate.workspaceBytes.toLocaleString('en')
  const left = candidate.considered ? '' : '  (not considered)'
  return `${name} ${time(candidate.milliseconds).padStart(9)}  ${(candidate.flops / 1e6).toFixed(2)} Mflop  ${bytes} bytes of workspace${left}`
}
