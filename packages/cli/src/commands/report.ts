/**
 * What `report` is called with. The verb itself is loaded when it is called.
 */

import type { Command } from 'commander'
import type { Io } from '../io.ts'
import type { ReportFlags } from '../verbs/report.ts'

const examples = `Examples:
  $ stridefold report                   some minutes; stridefold-report/index.html is the page
  $ stridefold report --quick           about a minute
  $ stridefold report --rivals          beside TensorFlow.js, ONNX Runtime Web, OpenCV.js; NumPy, PyTorch, SciPy, OpenCV
  $ stridefold report -o july --force   into another folder, in place of the report that it holds
`

export function addReport(program: Command, io: Io): void {
  program
    .command('report')
    .summary("make the articles' experiments again, as a page with charts")
    .description(
      'Measures on this machine what the two articles print, plot and claim, and writes one ' +
        'page that needs nothing else (English and Chinese, ' +
        'light and dark, printable), with CSV and JSON of every figure and SVG and PNG of ' +
        'every chart. Ctrl-C keeps what was measured.',
    )
    .option('-o, --output <folder>', 'where the files go', 'stridefold-report')
    .option('--quick', 'fewer sizes and samples')
    .option(
      '--rivals',
      'hold other libraries beside: those installed in this folder, and those of a Python',
    )
    .option('--python <command>', 'the Python of --rivals', 'python3')
    .option('--force', 'replace the report in a folder that exists; other files there stay')
    .option('--json', 'say what was written as JSON')
    .addHelpText('before', examples)
    .action(async (flags: ReportFlags) => (await import('../verbs/report.ts')).report(flags, io))
}
