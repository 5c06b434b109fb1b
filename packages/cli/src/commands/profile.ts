/**
 * The command line of `profile`. The verb is imported only when it runs.
 */

import { type Command, InvalidArgumentError, Option } from 'commander'
import { bytes } from '../flag-values.ts'
import type { Io } from '../io.ts'
import type { ProfileFlags } from '../verbs/profile.ts'

const examples = `Examples:
  $ stridefold profile                             the included network, trained by this project
  $ stridefold profile model.onnx --runs 50
  $ stridefold profile model.onnx --input x.npy --trace trace.json
  $ stridefold profile net.json                    layers in JSON: see docs/profile.md
`

export function addProfile(program: Command, io: Io): void {
  program
    .command('profile')
    .summary('measure the time of a network, layer by layer')
    .description(
      'Runs a network from an ONNX file, or from layers in JSON. Prints for each layer ' +
        'and its parts: time, share, flops, bytes, and the chosen algorithm with the ' +
        'reason. Batch normalisation and relu after a convolution are fused into it; the ' +
        'name of the layer shows this.',
    )
    .argument('[model]', 'an .onnx or .json file (default: the included network)')
    .addOption(
      new Option(
        '--input <[name=]file>',
        'an input as .npy, with the shape that the network takes; repeat it for each ' + 'input',
      )
        .argParser(appendTo)
        .default([], 'random'),
    )
    .option('--runs <n>', 'number of timed runs', runCount, 20)
    .option(
      '--memory-limit <bytes>',
      'largest size of weights, inputs and results together, such as 4G (default: 1G)',
      bytes,
    )
    .option('--trace <file>', 'write one run as a trace for chrome://tracing and Perfetto')
    .option('--force', 'replace an existing file')
    .option('--json', 'print JSON')
    .addHelpText('before', examples)
    .action(async (model: string | undefined, flags: ProfileFlags) =>
      (await import('../verbs/profile.ts')).profile(model, flags, io),
    )
}

const appendTo = (word: string, before: readonly string[]): readonly string[] => [...before, word]

/** All samples stay in memory until the end. */
const maxRuns = 100_000

function runCount(word: string): number {
  if (!/^\d+$/.test(word) || Number(word) < 1 || Number(word) > maxRuns)
    throw new InvalidArgumentError(`Give a whole number from 1 to ${maxRuns}.`)
  return Number(word)
}
