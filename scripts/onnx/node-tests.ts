/**
 * ONNX's own tests of single operators on what `stridefold profile` reads: passed, refused with
 * which sentence, or wrong.
 *
 *   node --conditions=@stridefold/source --import tsx scripts/onnx/node-tests.ts --operators
 *   python3 scripts/onnx/node-tests.py Conv MaxPool … > cases.jsonl
 *   node --conditions=@stridefold/source --import tsx scripts/onnx/node-tests.ts cases.jsonl
 */

import { readFileSync } from 'node:fs'
import process from 'node:process'
import { knownOperations } from '../../packages/cli/src/profile/operations.ts'
import { onnxCases, outcomeOf } from '../../packages/cli/test/helpers/onnx-cases.ts'

const [file] = process.argv.slice(2)
if (file === undefined || file === '--operators') console.log(knownOperations.join(' '))
else {
  const table = new Map<string, { passed: number; refused: number; wrong: number }>()
  for (const one of onnxCases(readFileSync(file, 'utf8'))) {
    const { kind, says } = outcomeOf(one)
    const row = table.get(one.op) ?? { passed: 0, refused: 0, wrong: 0 }
    row[kind]++
    table.set(one.op, row)
    if (kind !== 'passed') console.log(`${kind}: ${one.name}: ${says}`)
  }
  console.table(Object.fromEntries([...table].sort()))
  if ([...table.values()].some(({ wrong }) => wrong > 0)) process.exitCode = 1
}
