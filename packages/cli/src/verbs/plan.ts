/**
 * `plan CASE`: how would this problem be computed, and why? One line of case notation in, the explained plan out.
 */

import { type Command, Option } from 'commander'
import { type ConvGeometry, type Plan, planCase } from 'stridefold/sync'
import { bytes } from '../filter-options.ts'
import { type Io, print, printJson } from '../io.ts'

interface PlanFlags {
  readonly algorithm?: string
  readonly backend?: 'auto' | 'wasm' | 'js'
  readonly memoryLimit?: number
  readonly program?: boolean
  readonly json?: boolean
}

const EXAMPLES = `Examples:
  $ stridefold plan "2x64x56x56 * 128x64x3x3 p1"       a layer: batch×channels×extents * filters×channels×extents
  $ stridefold plan "1080x1920 * 5x5 same reflect"     a picture under a filter
  $ stridefold plan "48000 * 1025 same" --algorithm im2col --program
`

export function addPlan(program: Command, io: Io): void {
  program
    .command('plan')
    .summary('how a problem would be computed, and why')
    .description(
      'Explains the plan for a problem in case notation: the algorithm chosen, and what the others would take or why they refuse.',
    )
    .argument('<case>', 'such as "2x64x56x56 * 128x64x3x3 s2 p1 d1 g1 reflect"')
    .option('--algorithm <name>', 'this one in place of the best')
    .addOption(new Option('--backend <name>', 'where it runs (default: auto)').choices(['auto', 'wasm', 'js']))
    .option('--memory-limit <bytes>', 'most workspace, such as 64M', bytes)
    .option('--program', 'print the program too: buffers, stages and loops')
    .option('--json', 'as JSON')
    .addHelpText('before', EXAMPLES)
    .action((text: string, flags: PlanFlags) => explained(text, flags, io))
}

async function explained(text: string, { program, json, ...options }: PlanFlags, io: Io): Promise<void> {
  const made = planCase(text, options)
  const { geometry } = made
  try {
    if (json) await printJson(io, 'plan', answer(geometry, made, program === true))
    else await print(io.stdout, program ? `${made.explain()}\n\n${made.program}` : made.explain())
  } finally {
    made.dispose()
  }
}

function answer(geometry: ConvGeometry, made: Plan, program: boolean): object {
  const { algorithm, backend, decision, workspaceBytes, candidates } = made
  return {
    case: geometry.key,
    geometry,
    algorithm,
    backend,
    decision,
    workspaceBytes,
    candidates,
    ...(program && { program: made.program }),
  }
}
