/**
 * The command line of `report`. The verb is imported only when it runs.
 */

import type { Command } from 'commander'
import type { Io } from '../io.ts'
import type { ReportFlags } from '../verbs/report.ts'

const examples = `Examples:
  $ stridefold report                   takes some minutes and writes stridefold-report/index.html
  $ stridefold report --quick           about a minute
  $ stridefold report --rivals          compares with other libraries, such as PyTorch
  $ stridefold report -o july --force   writes to another folder and replaces the report in it
`

export function addReport(program: Command, io: Io): void {
  program
    .command('report')
    .summary("repeat the articles' experiments and write a page with charts")
    .description(
      'Measures on this machine what the two articles print, plot and claim. Writes one ' +
        'self-contained page (English and Chinese, light and dark, printable), CSV and ' +
        'JSON of every figure, and SVG and PNG of every chart. After Ctrl-C the report ' +
        'holds the finished measurements.',
    )
    .option('-o, --output <folder>', 'output folder', 'stridefold-report')
    .option('--quick', 'fewer sizes and samples')
    .option(
      '--rivals',
      'also measure other libraries: those installed in this folder, and those of a ' + 'Python',
    )
    .option('--python <command>', 'the Python for --rivals', 'python3')
    .option('--force', 'replace the report in an existing folder; other files there stay')
    .option('--json', 'print the list of written files as JSON')
    .addHelpText('before', examples)
    .action(async (flags: ReportFlags) => (await import('../verbs/report.ts')).report(flags, io))
}
