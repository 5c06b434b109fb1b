/**
 * `report`: the articles' experiments, made again on this machine, as one page with charts, and as CSV, JSON, SVG and PNG.
 */

import type { Command } from 'commander'
import { exits, Failure } from '../failure.ts'
import { checkFolder, writeFolder } from '../folder.ts'
import { type Io, print, printJson } from '../io.ts'
import { withProgress } from '../progress.ts'
import { filesOf, reported } from '../report/report.ts'
import { rivalsOf } from '../report/rivals.ts'

interface ReportFlags {
  readonly output: string
  readonly quick?: boolean
  readonly rivals?: boolean
  readonly python: string
  readonly force?: boolean
  readonly json?: boolean
}

const EXAMPLES = `Examples:
  $ stridefold report                   some minutes; stridefold-report/index.html is the page
  $ stridefold report --quick           about a minute
  $ stridefold report --rivals          beside TensorFlow.js, ONNX Runtime Web, OpenCV.js; NumPy, PyTorch, SciPy, OpenCV
  $ stridefold report -o july --force   into another folder, whatever was there
`

export function addReport(program: Command, io: Io): void {
  program
    .command('report')
    .summary("make the articles' experiments again, as a page with charts")
    .description(
      'Measures on this machine what the two articles print, plot and claim, and writes one page that needs nothing else (English and Chinese, ' +
        'light and dark, printable), with CSV and JSON of every figure and SVG and PNG of every chart. Ctrl-C keeps what was measured.',
    )
    .option('-o, --output <folder>', 'where the files go', 'stridefold-report')
    .option('--quick', 'fewer sizes and samples')
    .option('--rivals', 'hold other libraries beside: those installed in this folder, and those of a Python')
    .option('--python <command>', 'the Python of --rivals', 'python3')
    .option('--force', 'replace a folder that exists')
    .option('--json', 'say what was written as JSON')
    .addHelpText('before', EXAMPLES)
    .action((flags: ReportFlags) => report(flags, io))
}

async function report({ output, quick = false, rivals = false, python, force = false, json }: ReportFlags, io: Io): Promise<void> {
  checkFolder(output, force, io)
  const made = await withProgress(io, async (progress) => {
    progress(0, 'looking for other libraries')
    const others = rivals ? await rivalsOf(io.cwd, python) : undefined
    try {
      return await io.interruptible((signal) => reported({ quick, ...(others && { rivals: others }) }, signal, progress))
    } finally {
      others?.close()
    }
  })
  const files = await filesOf(made)
  await writeFolder(output, files, force, io)
  if (json)
    await printJson(io, 'report', {
      folder: output,
      files: files.map(({ name }) => name),
      interrupted: made.interrupted,
      machine: made.machine,
    })
  else await print(io.stdout, `${output}/index.html, and ${files.length - 1} files beside it.`)
  if (made.interrupted) throw new Failure(exits.interrupted, `Interrupted: ${output} holds what was measured until then.`)
}
