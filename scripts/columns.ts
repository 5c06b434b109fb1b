/**
 * `npm run columns`: which lines of code, comments and prose are longer than 100 columns?
 *
 * Prints them and fails. Some lines are exempt, because they cannot be broken or read better whole:
 * table rows, links, Chinese, and a single string (such as a message) on a line of its own.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

export const MAX_COLUMNS = 100

/** Whether a line may be as long as it is. */
export function isTooLong(line: string): boolean {
  if ([...line].length <= MAX_COLUMNS) return false
  const isTableRow = /^\s*(\*\s+)?\|/.test(line)
  const hasLink = /https?:\/\/|\]\([^)]*\)/.test(line)
  const isChinese = /[\u3000-\u9fff\uff00-\uffef]/.test(line)
  const isOneString =
    /^\s*(\w+: |\w+=)?(['"`]).*\2[,)]*;?$/.test(line) || /^\s*'[^']*',?$/.test(line)
  return !isTableRow && !hasLink && !isChinese && !isOneString
}

/** Every line of the repository that is too long, as file:line. */
function tooLongLines(): string[] {
  const listed = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.css', '*.py', '*.md'], {
    encoding: 'utf8',
  })
  return listed
    .split('\n')
    .filter(Boolean)
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, i) => (isTooLong(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
    )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const lines = tooLongLines()
  for (const line of lines) console.error(line)
  if (lines.length > 0) {
    console.error(`${lines.length} lines are longer than ${MAX_COLUMNS} columns. Break them.`)
    process.exitCode = 1
  }
}
