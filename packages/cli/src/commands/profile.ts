/**
 * What `profile` is called with. The verb itself is loaded when it is called.
 */

import { type Command, InvalidArgumentError, Option } from 'commander'
import { bytes } from '../flag-values.ts'
import type { Io } from '../io.ts'
import type { ProfileFlags } from '../verbs/profile.ts'

const examples = `Examples:
  $ stridefold profile                                    a small network that comes along, trained by this project
  $ stridefold profile model.onnx --runs 50
  $ stridefold profile model.onnx --input x.npy --trace trace.json
  $ stridefold profile net.json                           layers written down: see docs/profile.md
`

export function addProfile(program: Command, io: Io): void {
  program
    .command('profile')
    .summary('where the time of a network goes, layer by layer')
    .description(
      'Runs a network, an ONNX file or layers written down in JSON, and says for each layer ' +
        'and its parts: time, share, flops, bytes, the algorithm ' +
        'chosen and why. Batch normalisations and relus behind a convolution are folded into ' +
        'it, which its name says.',
    )
    .argument('[model]', 'an .onnx or .json file (default: the network that comes along)')
    .addOption(
      new Option(
        '--input <[name=]file>',
        'an input as .npy, of the shape that the network takes; once for each',
      )
        .argParser(appendTo)
        .default([], 'random'),
    )
    .option('--runs <n>', 'runs that are timed', runCount, 20)
    .option(
      '--memory-limit <bytes>',
      'most that weights, inputs and results may take, such as 4G (default: 1G)',
      bytes,
    )
    .option('--trace <file>', 'write one run as chrome://tracing and Perfetto read it')
    .option('--force', 'replace a file that exists')
    .option('--json', 'as JSON')
    .addHelpText('before', examples)
    .action(async (model: string | undefined, flags: ProfileFlags) =>
      (await import('../verbs/profile.ts')).profile(model, flags, io),
    )
}

const appendTo = (word: string, before: readonly string[]): readonly string[] => [...before, word]

/** Each run is kept until the end. */
const maxRuns = 100_000

function runCount(word: string): number {
  if (!/^\d+$/.test(word) || Number(word) < 1 || Number(word) > maxRuns)
    throw new InvalidArgumentError(`Give a whole number from 1 to ${maxRuns}.`)
  return Number(word)
}
