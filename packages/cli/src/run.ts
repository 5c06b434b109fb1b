/**
 * Runs the command line as one function: arguments and an `Io` in, an exit code out. The command
 * line of each verb is a file in commands/. Its work is a file in verbs/, imported only when the
 * verb runs. Any error becomes one sentence on stderr.
 */

import { Command, CommanderError } from 'commander'
import { addBench } from './commands/bench.ts'
import { addCompletion } from './commands/completion.ts'
import { addDemo } from './commands/demo.ts'
import { addDoctor } from './commands/doctor.ts'
import { addExplain } from './commands/explain.ts'
import { addFilter } from './commands/filter.ts'
import { addJob } from './commands/job.ts'
import { addKernels } from './commands/kernels.ts'
import { addLab } from './commands/lab.ts'
import { addPlan } from './commands/plan.ts'
import { addProfile } from './commands/profile.ts'
import { addReport } from './commands/report.ts'
import { addShape } from './commands/shape.ts'
import { addTranslate } from './commands/translate.ts'
import { errorMessage, exitCodeOf, exitCodes } from './failure.ts'
import { colours, type Io } from './io.ts'
import { printable } from './printable.ts'
import { version } from './version.ts'

const examples = `Examples:
  $ stridefold demo
  $ stridefold filter photo.jpg -k "0.1 0.1 0.1; 0.1 -0.8 0.1; 0.1 0.1 0.1" -o out.png
  $ stridefold kernels sobel-x
  $ stridefold plan "2x64x56x56 * 128x64x3x3 p1"
`

/**
 * Runs `argv` (without node and script). Returns the exit code: 0 ok, 1 failure, 2 usage, 3 invalid
 * input, 4 a check failed.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const program = stridefold(argv, io)
  try {
    if (argv.length === 0) program.help({ error: true })
    await program.parseAsync(argv, { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === 'commander.excessArguments' && verbsWithCase.includes(argv[0]!))
        io.stderr.write('A case needs quotes around it, such as "64x64 * 3x3 same".\n')
      return isHelp(error) ? exitCodes.ok : exitCodes.usage
    }
    io.stderr.write(
      `${colours(io, io.stderr).red('stridefold:')} ${printable(errorMessage(error))}\n`,
    )
    if (io.env.STRIDEFOLD_DEBUG && error instanceof Error)
      io.stderr.write(lines(`${error.stack}\n${causeOf(error)}`))
    return exitCodeOf(error)
  }
}

/** Verbs with one case. Without quotes the shell splits a case into words. */
const verbsWithCase: readonly string[] = ['plan', 'explain', 'translate']

/** The commander program with all verbs, bound to `io`. */
function stridefold(argv: readonly string[], io: Io): Command {
  const program = new Command('stridefold')
    .description('Filters images and arrays, explains plans, and compares convolution algorithms.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) =>
        void io.stderr.write(
          printableText(text, argv).replace(
            /^error: /,
            `${colours(io, io.stderr).red('stridefold:')} `,
          ),
        ),
      getOutHelpWidth: () => io.stdout.columns ?? 120,
      getErrHelpWidth: () => io.stderr.columns ?? 120,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError("See 'stridefold --help', or --help after a verb.")
    .addHelpText('before', examples)
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 failure, 2 usage, 3 unreadable or invalid input, 4 a check ' +
        'failed, 130 interrupted.',
    )
  for (const add of [
    addFilter,
    addJob,
    addKernels,
    addPlan,
    addExplain,
    addShape,
    addTranslate,
    addDemo,
    addBench,
    addReport,
    addProfile,
    addLab,
    addDoctor,
    addCompletion,
  ])
    add(program, io)
  program.commands.forEach(rejectRepeatedOptions)
  program.hook('preAction', async (_, verb) => {
    if (!verbsWithPlans.includes(verb.name())) return
    await (await import('./calibration.ts')).useCalibration(io)
  })
  return program
}

/** Verbs whose plans use the calibration of this machine. */
const verbsWithPlans: readonly string[] = ['filter', 'plan', 'demo', 'bench', 'report', 'profile']

/**
 * Rejects a single-valued option that occurs twice, because commander would silently drop one
 * value. Options that collect values have an empty list as default.
 */
function rejectRepeatedOptions(command: Command): void {
  command.commands.forEach(rejectRepeatedOptions)
  for (const option of command.options) {
    if (option.variadic || option.isBoolean() || Array.isArray(option.defaultValue)) continue
    let uses = 0
    command.on(`option:${option.name()}`, () => {
      if (++uses > 1)
        command.error(
          `error: option '${option.flags}' is given twice, but it takes one value. Give it ` +
            'once.',
        )
    })
  }
}

/**
 * The text of commander with control characters of the user's words escaped. Line breaks of the
 * text itself stay.
 */
const printableText = (text: string, argv: readonly string[]): string =>
  lines(
    argv.reduce(
      (message, word) =>
        word === printable(word) ? message : message.replaceAll(word, printable(word)),
      text,
    ),
  )

const lines = (text: string): string => text.split('\n').map(printable).join('\n')

const isHelp = ({ code, exitCode }: CommanderError): boolean =>
  exitCode === 0 || code === 'commander.helpDisplayed'

const causeOf = (error: Error): string =>
  error.cause instanceof Error ? `caused by ${error.cause.stack}\n` : ''
