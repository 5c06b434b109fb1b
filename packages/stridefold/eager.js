/**
 * Marks the functions of a first call, so that engines compile them while they read the file.
 *
 * An engine reads a function twice: it skips over the body when the file is loaded, and compiles it
 * at the first call. A first call needs some thousand functions. A function in parentheses is
 * compiled at once, which saves the first reading. The build runs a few calls in a new process,
 * asks the engine which functions ran, and writes
 *
 *     function f() {…}    as    var f = (function f() {…})    at the top of the file, and
 *     (x) => …            as    ((x) => …)
 *
 * This changes no result: declarations are hoisted anyway. Methods stay as they are.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { parseAst } from 'rolldown/parseAst'

/** The calls whose functions are marked; `lib` is the built library. */
const firstCalls = `
const noise = (n) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * i))
const array = (...shape) => ({ data: noise(shape.reduce((n, extent) => n * extent)), shape })
lib.correlate(array(512, 512), array(9, 9))
const small = [lib.ndarray(noise(100), [10, 10]), lib.ndarray(noise(4), [2, 2])]
const out = lib.zeros([10, 10])
for (let i = 0; i < 3; i++) lib.correlate(...small, { out })
lib.conv2d(array(1, 16, 28, 28), array(16, 16, 3, 3), { padding: 1 })
`

/** The code with the functions of a first call marked. `file` holds the code. */
export function withEagerFunctions(code, file) {
  const ran = functionsThatRan(file)
  const declarations = []
  const parentheses = []
  visit(parseAst(code), undefined, (node, parent) => {
    if (!ran.has(`${node.start} ${node.end}`)) return
    if (node.type === 'ArrowFunctionExpression') {
      parentheses.push([node.start, '('], [node.end, ')'])
    } else if (node.type === 'FunctionDeclaration' && parent.type === 'Program') {
      declarations.push(node)
    }
  })
  parentheses.sort(([a, one], [b, other]) => a - b || (one === other ? 0 : one === ')' ? -1 : 1))
  const render = (start, end) => {
    let text = ''
    let from = start
    for (const [at, mark] of parentheses) {
      if (at < start || at > end || (at === end && mark === '(') || (at === start && mark === ')'))
        continue
      text += code.slice(from, at) + mark
      from = at
    }
    return text + code.slice(from, end)
  }
  const head = declarations.map(
    ({ id, start, end }) => `var ${id.name} = (${render(start, end)});\n`,
  )
  let rest = ''
  let from = 0
  for (const { start, end } of declarations) {
    rest += render(from, start)
    from = end
  }
  return head.join('') + rest + render(from, code.length)
}

/** Start and end of every function of the file that the calls run. */
function functionsThatRan(file) {
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-coverage-'))
  const url = pathToFileURL(file).href
  const entry = pathToFileURL(join(file, '../sync.js')).href
  const source = `import * as lib from ${JSON.stringify(entry)}\n${firstCalls}`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    env: { ...process.env, NODE_V8_COVERAGE: folder },
  })
  if (status !== 0) throw new Error(`the first calls failed: ${stderr}`)
  const reports = readdirSync(folder).map((name) =>
    JSON.parse(readFileSync(join(folder, name), 'utf8')),
  )
  rmSync(folder, { recursive: true })
  const { functions } = reports.flatMap(({ result }) => result).find((script) => script.url === url)
  const ran = functions.map(({ ranges }) => ranges[0]).filter(({ count }) => count > 0)
  return new Set(ran.map(({ startOffset, endOffset }) => `${startOffset} ${endOffset}`))
}

function visit(node, parent, each) {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, parent, each)
    return
  }
  if (node === null || typeof node !== 'object') return
  if (typeof node.type === 'string') each(node, parent)
  for (const value of Object.values(node))
    visit(value, typeof node.type === 'string' ? node : parent, each)
}
