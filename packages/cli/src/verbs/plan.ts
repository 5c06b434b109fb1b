/**
 * `plan CASE`: how would this problem be computed, and why? One line of case notation in, the explained plan out.
 */

import { type Command, Option } from 'commander'
import { type Plan, planCase } from 'stridefold/sync'
import { failed } from '../failure.ts'
import { bytes } from '../filter-options.ts'
import { type Io, print, printJson } from '../io.ts'

interface PlanFlags {
  readonly algorithm?: string
  readonly backend?: 'auto' | 'wasm' | 'js'
  readonly memoryLimit?: number
  readonly program?: boolean
  readonly wat?: boolean
  readonly json?: boolean
}

const EXAMPLES = `Examples:
  $ stridefold plan "2x64x56x56 * 128x64x3x3 p1"       a layer: batch×channels×extents * filters×channels×extents
  $ stridefold plan "1080x1920 * 5x5 same reflect"     a picture under a filter
  $ stridefold plan "48000 * 1025 same" --algorithm im2col --program
  $ stridefold plan "64x64 * 2x2" --wat                 the code that is generated for it
`

export function addPlan(program: Command, io: Io): void {
  program
    .command('plan')
    .summary('how a problem would be computed, and why')
    .description(
      'Explains the plan for a problem in case notation: the algorithm chosen, and what the others would take or why they refuse.',
    )
    .argument('<case>', 'such as "2x64x56x56 * 128x64x3x3 s2 p1 d1 g1 reflect"')
    .option('--algorithm <name>', 'this one in place of the best')
    .addOption(new Option('--backend <name>', 'where it runs (default: auto)').choices(['auto', 'wasm', 'js']))
    .option('--memory-limit <bytes>', 'most workspace, such as 64M', bytes)
    .option('--program', 'print the program too: buffers, stages and loops')
    .option('--wat', 'print the WebAssembly that would run, as text')
    .option('--json', 'as JSON')
    .addHelpText('before', EXAMPLES)
    .action((text: string, flags: PlanFlags) => explained(text, flags, io))
}

async function explained(text: string, { program = false, wat = false, json, ...options }: PlanFlags, io: Io): Promise<void> {
  const made = planCase(text, options)
  try {
    const code = wat ? await webAssemblyText(made) : undefined
    if (json) await printJson(io, 'plan', answer(made, program, code))
    else await print(io.stdout, [made.explain(), ...(program ? [made.program] : []), ...(code === undefined ? [] : [code])].join('\n\n'))
  } finally {
    made.dispose()
  }
}

/** The module in the text format. Throws where nothing is compiled. */
async function webAssemblyText({ module, backend }: Plan): Promise<string> {
  if (module === undefined)
    throw failed(`The ${backend} backend interprets the program, so there is no WebAssembly to print. Leave --wat out.`)
  const { default: wabt } = await import('wabt')
  const { readWasm } = await wabt()
  const features = { simd: true, relaxed_simd: true, threads: true, bulk_memory: true }
  return readWasm(module, { readDebugNames: true, ...features }).toText({ foldExprs: true, inlineExport: true })
}

function answer(
  { geometry, algorithm, backend, decision, workspaceBytes, candidates, stages, program }: Plan,
  withProgram: boolean,
  wat?: string,
) {
  const chosen = { algorithm, backend, decision, workspaceBytes, candidates, stages }
  return { case: geometry.key, geometry, ...chosen, ...(withProgram && { program }), ...(wat !== undefined && { wat }) }
}
