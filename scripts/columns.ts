/**
 * `npm run columns`: lists the lines of code, comments and prose that are longer than 100 columns,
 * and fails if there are any.
 *
 * Some lines are exempt, because they cannot be broken or are easier to read in one piece: table
 * rows, links, Chinese, and a line with a single string, such as a message.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

export const maxColumns = 100

/** Returns true if a line is over the limit and not exempt. */
export function isTooLong(line: string): boolean {
  if ([...line].length <= maxColumns) return false
  const isTableRow = /^\s*(\*\s+)?\|/.test(line)
  const hasLink = /https?:\/\/|\]\([^)]*\)/.test(line)
  const isChinese = /[\u3000-\u9fff\uff00-\uffef]/.test(line)
  const isOneString =
    /^\s*(\w+: |\w+=)?(['"`]).*\2[,)]*;?$/.test(line) || /^\s*'[^']*',?$/.test(line)
  return !isTableRow && !hasLink && !isChinese && !isOneString
}

/** Returns every line of the repository that is too long, as `file:line: text`. */
function findLongLines(): string[] {
  const fileList = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.css', '*.py', '*.md'], {
    encoding: 'utf8',
  })
  return fileList
    .split('\n')
    .filter(Boolean)
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, i) => (isTooLong(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
    )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const lines = findLongLines()
  for (const line of lines) console.error(line)
  if (lines.length > 0) {
    console.error(`${lines.length} lines are longer than ${maxColumns} columns. Break them.`)
    process.exitCode = 1
  }
}
