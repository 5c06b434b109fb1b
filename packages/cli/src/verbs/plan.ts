/**
 * `plan CASE`: how would this problem be computed, and why? One line of case notation in, the explained plan out.
 */

import { type Command, Option } from 'commander'
import { type ConvGeometry, type Plan, parseCase, plan } from 'stridefold/sync'
import { usage } from '../failure.ts'
import { bytes } from '../filter-options.ts'
import { type Io, print, printJson } from '../io.ts'

interface PlanFlags {
  readonly algorithm?: string
  readonly backend?: 'auto' | 'wasm' | 'js'
  readonly memoryLimit?: number
  readonly program?: boolean
  readonly json?: boolean
}

const EXAMPLES = `Examples:
  $ stridefold plan "2x64x56x56 * 128x64x3x3 p1"       a layer: batch×channels×extents * filters×channels×extents
  $ stridefold plan "1080x1920 * 5x5 same reflect"     a picture under a filter
  $ stridefold plan "48000 * 1025 same" --algorithm im2col --program
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
    .option('--json', 'as JSON')
    .addHelpText('before', EXAMPLES)
    .action((text: string, flags: PlanFlags) => explained(text, flags, io))
}

async function explained(text: string, { program, json, ...options }: PlanFlags, io: Io): Promise<void> {
  const geometry = parseCase(text)
  const made = planOf(geometry, options)
  try {
    if (json) await printJson(io, 'plan', answer(geometry, made, program === true))
    else await print(io.stdout, program ? `${made.explain()}\n\n${made.program}` : made.explain())
  } finally {
    made.dispose()
  }
}

/** The call that has this geometry, planned. */
function planOf(g: ConvGeometry, wishes: Omit<PlanFlags, 'program' | 'json'>): Plan {
  const { axes, batch, channels, filters, groups, flip, dtype, key } = g
  if (axes.some((axis) => axis.inputDilation !== 1)) {
    throw usage(`${key} dilates its input, which only transposed layers do; those have no plan of their own yet. Leave i out.`)
  }
  const options = {
    ...wishes,
    dtype,
    stride: axes.map((axis) => axis.stride),
    dilation: axes.map((axis) => axis.dilation),
    padding: axes.map((axis) => [axis.before, axis.after] as const),
    boundary: g.boundary,
  }
  const input = axes.map((axis) => axis.input)
  const kernel = axes.map((axis) => axis.kernel)
  if (channels === 1 && filters === 1) {
    return plan(flip ? 'convolve' : 'correlate', [batch, ...input], kernel, { ...options, channelAxis: 0 })
  }
  const call = (['conv1d', 'conv2d', 'conv3d'] as const)[axes.length - 1]
  if (call === undefined) throw usage(`${key} has ${axes.length} spatial axes: layers with channels have 1 to 3.`)
  if (flip) throw usage(`${key} turns the kernel of a layer, which no layer does. Leave flip out: the plan is the same.`)
  return plan(call, [batch, channels, ...input], [filters, channels / groups, ...kernel], { ...options, groups })
}

function answer(geometry: ConvGeometry, made: Plan, program: boolean): object {
  const { algorithm, backend, decision, workspaceBytes, candidates } = made
  return {
    case: geometry.key,
    geometry,
    algorithm,
    backend,
    decision,
    workspaceBytes,
    candidates,
    ...(program && { program: made.program }),
  }
}
