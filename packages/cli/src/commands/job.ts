/**
 * The command line of `job`: one verb with four words after it. The verb is imported only when it
 * runs.
 */

import type { Command } from 'commander'
import { addFilterFlags } from '../filter-flags.ts'
import { choiceOption, wholeNumber } from '../flag-values.ts'
import type { Io } from '../io.ts'
import type { PlanFlags, RunFlags, StatusFlags, SubmitFlags } from '../verbs/job.ts'
import { addVolumeFlags } from '../volumes/volume-flags.ts'

const examples = `Examples:
  $ stridefold job plan in.zarr -k gaussian:sigma=2 -o out.zarr --memory-limit 2G -j job.json
  $ stridefold job submit job.json --to slurm --tasks 64 | sbatch
  $ stridefold job run job.json --task 3 --of 64       what each task does; again: it goes on
  $ stridefold job run job.json --index-from-env       the engine has numbered the tasks
  $ stridefold job status job.json
`

/** The flags of `filter` that a job takes. */
const operationFlags: readonly string[] = [
  'kernel',
  'out',
  'force',
  'json',
  'flip',
  'mode',
  'boundary',
  'missing',
  'minimumPresent',
  'stride',
  'dilation',
  'algorithm',
  'backend',
  'threads',
  'accuracy',
  'memoryLimit',
  'raw',
  'channelAxis',
]

export function addJob(program: Command, io: Io): void {
  const job = program
    .command('job')
    .summary('filter a volume on many machines')
    .description(
      'Filters an array that is larger than memory in many processes: a Slurm array, a ' +
        'Kubernetes Job, or any engine that numbers its tasks. A job file says how; its tasks ' +
        'know nothing of each other, skip what is done, and may be killed at any moment.',
    )
    .addHelpText('before', examples)
  const plan = job
    .command('plan')
    .summary('write a job file, and create the empty result')
    .description(
      'Cuts the result into boxes whose memory stays below --memory-limit, and prints them. ' +
        'Reads metadata only.',
    )
    .argument(
      '<in>',
      'a Zarr, a .npy or TIFF file, numbers without a header (--raw), or an address',
    )
    .requiredOption('-j, --job <file>', 'the job file')
    .option('--deterministic', 'the same bits on machines with other processors, more slowly')
    .action(async (input: string, flags: PlanFlags) =>
      (await import('../verbs/job.ts')).planVolumeJob(input, flags, io),
    )
  addFilterFlags(plan, operationFlags)
  addVolumeFlags(plan, [
    ...(['zarrFormat', 'chunks', 'shards', 'codec', 'dtype', 'axes', 'level', 'pyramid'] as const),
  ])
  job
    .command('run')
    .summary('compute the boxes of a task, or all')
    .description(
      'Computes a part of the boxes: part --task of --of equal parts. Finished boxes are ' +
        'skipped. The number of parts may change from run to run.',
    )
    .argument('<job>', 'a job file')
    .option('--task <i>', 'the number of the task, from 0', wholeNumber)
    .option('--of <n>', 'the number of tasks', wholeNumber)
    .option(
      '--index-from-env',
      'take both from the environment of Slurm, Kubernetes, AWS Batch, Google Batch, Cloud Run ' +
        'or Grid Engine',
    )
    .option('--threads <n>', 'largest number of threads (default: as many as pay)', wholeNumber)
    .option('--keep-going', 'go on after a damaged chunk, list what failed, and exit with 3')
    .option('--json', 'print JSON')
    .action(async (file: string, flags: RunFlags) =>
      (await import('../verbs/job.ts')).runVolumeJob(file, flags, io),
    )
  job
    .command('status')
    .summary('say which boxes are done, missing and failed')
    .description('Looks at the files of the result. The exit code is 0 only if it is whole.')
    .argument('<job>', 'a job file')
    .option('--json', 'print JSON')
    .action(async (file: string, flags: StatusFlags) =>
      (await import('../verbs/job.ts')).printStatus(file, flags, io),
    )
  job
    .command('submit')
    .summary('print a script for Slurm or a manifest for Kubernetes')
    .description('Prints what an engine needs, with the memory of the plan. Starts nothing.')
    .argument('<job>', 'a job file')
    .addOption(
      choiceOption('--to <engine>', 'the engine', ['slurm', 'kubernetes']).makeOptionMandatory(),
    )
    .option('--tasks <n>', 'the number of tasks (default: one per box, at most 64)', wholeNumber)
    .option('--cores <n>', 'cores of a task', wholeNumber, 2)
    .option('--image <name>', 'Kubernetes: the image that has stridefold')
    .option('--claim <name>', 'Kubernetes: the claim of the volume with the data')
    .option('--mount <path>', 'Kubernetes: where that is mounted (default: /data)')
    .option('--json', 'print the text as JSON')
    .action(async (file: string, flags: SubmitFlags) =>
      (await import('../verbs/job.ts')).printSubmit(file, flags, io),
    )
}
