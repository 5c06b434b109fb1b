import { allAlgorithms } from './packages/stridefold/src/algorithms/index.ts'
import { cases } from './packages/stridefold/test/contract-cases.ts'
import { caseOf, definitionOf, mismatch, skipReason, tally } from './packages/stridefold/test/contract-runs.ts'
import { interpretedBackend } from './packages/stridefold/test/interpreted-backend.ts'
import { randomCase } from './packages/stridefold/test/random-geometry.ts'
const backend = interpretedBackend()
let bad = 0
const only = process.argv[2]
const one = async (c: any, where: string) => {
  const expected = definitionOf(c)
  for (const algorithm of allAlgorithms) {
    if (only && only !== algorithm.name) continue
    if (skipReason(algorithm, backend, c) !== undefined) continue
    try {
      const m = await mismatch(algorithm, backend, c, expected)
      if (m) { bad++; if (bad < 20) console.log(where, algorithm.name, c.geometry.key, m) }
    } catch (e: any) { bad++; if (bad < 8) console.log(where, algorithm.name, c.geometry.key, String(e.stack).slice(0, 700)) }
  }
}
const t0 = performance.now()
for (const named of cases) await one(caseOf(named), named.name)
console.log('named', tally.compared, 'bad', bad, performance.now() - t0)
const kinds = [{}, { larger: true }, { separable: true }, { tiled: true }, { tiled: true, dtype: 'float32', inputDType: 'uint8', outputDType: 'int16' }, { dtype: 'float32', inputDType: 'uint8', outputDType: 'uint8' }, { dtype: 'float32', inputDType: 'int16', outputDType: 'int8' }]
const n = Number(process.argv[3] ?? 10), s0 = Number(process.argv[4] ?? 1)
for (const kind of kinds) for (let seed = s0; seed < s0 + n; seed++) {
  const c = randomCase(seed, { dtype: 'float32', ...kind } as any)
  if (c.geometry.axes.some((a: any) => a.output > 3000)) continue
  await one(c, `seed ${seed} ${JSON.stringify(kind)}`)
}
console.log(tally.compared, 'bad', bad, performance.now() - t0)
