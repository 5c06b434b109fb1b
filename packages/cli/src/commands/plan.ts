/**
 * What `plan` is called with. The verb itself is loaded when it is called.
 */

import { type Command, Option } from 'commander'
import { bytes } from '../flag-values.ts'
import type { Io } from '../io.ts'
import type { PlanFlags } from '../verbs/plan.ts'

const examples = `Examples:
  $ stridefold plan "2x64x56x56 * 128x64x3x3 p1"       a layer: batch×channels×extents * filters×channels×extents
  $ stridefold plan "1080x1920 * 5x5 same reflect"     a picture under a filter
  $ stridefold plan "48000 * 1025 same" --algorithm im2col --program
  $ stridefold plan "64x64 * 2x2" --wat                 the code that is generated for it
`

export function addPlan(program: Command, io: Io): void {
  program
    .command('plan')
    .summary('how a problem would be computed, and why')
    .description(
      'Explains the plan for a problem in case notation: the algorithm chosen, and what the ' +
        'others would take or why they refuse.',
    )
    .argument('<case>', 'such as "2x64x56x56 * 128x64x3x3 s2 p1 d1 g1 reflect"')
    .option('--algorithm <name>', 'this one in place of the best')
    .addOption(
      new Option('--backend <name>', 'where it runs (default: auto)').choices([
        'auto',
        'wasm',
        'js',
      ]),
    )
    .option('--memory-limit <bytes>', 'most workspace, such as 64M', bytes)
    .option('--program', 'print the program too: buffers, stages and loops')
    .option('--wat', 'print the WebAssembly that would run, as text')
    .option('--json', 'as JSON')
    .addHelpText('before', examples)
    .action(async (text: string, flags: PlanFlags) =>
      (await import('../verbs/plan.ts')).explainPlan(text, flags, io),
    )
}
