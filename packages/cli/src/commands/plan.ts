/**
 * The command line of `plan`. The verb is imported only when it runs.
 */

import type { Command } from 'commander'
import { bytes, choiceOption } from '../flag-values.ts'
import type { Io } from '../io.ts'
import type { PlanFlags } from '../verbs/plan.ts'

const examples = `Examples:
  $ stridefold plan "2x64x56x56 * 128x64x3x3 p1"       a layer: N×C×H×W * F×C×H×W
  $ stridefold plan "1080x1920 * 5x5 same reflect"     an image filter
  $ stridefold plan "48000 * 1025 same" --algorithm im2col --program
  $ stridefold plan "64x64 * 2x2" --wat                 the generated code
  $ stridefold plan "1080x1920 * 5x5 same" --wgsl       the generated shaders of a GPU
`

export function addPlan(program: Command, io: Io): void {
  program
    .command('plan')
    .summary('explain how a problem would be computed')
    .description(
      'Explains the plan for a problem in case notation: the chosen algorithm, and the ' +
        'predicted cost of the others or the reason why they cannot run.',
    )
    .argument('<case>', 'such as "2x64x56x56 * 128x64x3x3 s2 p1 d1 g1 reflect"')
    .option('--algorithm <name>', 'use this algorithm instead of the best one')
    .addOption(
      choiceOption(
        '--backend <name>',
        'where it runs; webgpu needs the npm package webgpu (default: auto)',
        ['auto', 'wasm', 'js', 'webgpu'],
      ),
    )
    .option('--memory-limit <bytes>', 'largest workspace, such as 64M', bytes)
    .option('--program', 'print the program too: buffers, stages and loops')
    .option('--wat', 'print the generated WebAssembly as text')
    .option('--wgsl', 'print the shaders that a GPU would run; needs no GPU')
    .option('--json', 'print JSON')
    .addHelpText('before', examples)
    .action(async (text: string, flags: PlanFlags) =>
      (await import('../verbs/plan.ts')).explainPlan(text, flags, io),
    )
}
