/**
 * Runs ONNX's tests of single operators through the model reader of `stridefold profile`. Prints
 * each test that is rejected, with the message, or wrong, and a table with counts per operator.
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
  for (const testCase of onnxCases(readFileSync(file, 'utf8'))) {
    const { kind, says } = outcomeOf(testCase)
    const row = table.get(testCase.op) ?? { passed: 0, refused: 0, wrong: 0 }
    row[kind]++
    table.set(testCase.op, row)
    if (kind !== 'passed') console.log(`${kind}: ${testCase.name}: ${says}`)
  }
  console.table(Object.fromEntries([...table].sort()))
  if ([...table.values()].some(({ wrong }) => wrong > 0)) process.exitCode = 1
}
