/** The shaders of a plan as text: a line for each stage and dispatch, then the shaders. */

import type { PlanShaderStage, PlanShaders } from 'stridefold'
import { byteSize, countOf } from './units.ts'

export function shaderText({ adapter, decision, boxes, stages }: PlanShaders): string {
  const dispatches = stages.flatMap((stage) => stage.dispatches)
  // Many stages run the same shader on other buffers.
  const codes = [...new Set(dispatches.map(({ code }) => code))]
  const numberOf = (code: string): number => codes.indexOf(code) + 1
  return [
    `on a GPU: ${decision}`,
    `limits: ${adapter === undefined ? 'those that every GPU has' : `those of ${adapter}`}`,
    `${countOf(stages.length, 'stage')}, ${countOf(dispatches.length, 'dispatch', 'dispatches')}` +
      `${boxes === 1 ? '' : ` for each of ${boxes} boxes`}, ${countOf(codes.length, 'shader')}`,
    '',
    ...stages.flatMap((stage) => stageLines(stage, numberOf)),
    ...codes.flatMap((code, c) => ['', `// Shader ${c + 1}`, code.trimEnd()]),
  ].join('\n')
}

function stageLines(
  { name, prepare, bytesRead, bytesWritten, dispatches }: PlanShaderStage,
  numberOf: (code: string) => number,
): string[] {
  const once = prepare ? ' (once for a kernel)' : ''
  return [
    `stage: ${name}${once}: ${byteSize(bytesRead)} read, ${byteSize(bytesWritten)} written`,
    ...dispatches.map(
      ({ form, workgroups, buffers, code }) =>
        `  shader ${numberOf(code)}: ${countOf(workgroups, 'workgroup')}, ${form}; ` +
        buffers.join(', '),
    ),
  ]
}
