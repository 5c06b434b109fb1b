import { programOf } from './packages/stridefold/test/case-program.ts'
import { shaderProgram } from './packages/stridefold/src/backends/webgpu/shaders/lower.ts'
import { leastLimits } from './packages/stridefold/src/backends/webgpu/shaders/limits.ts'
import { machineOf } from './packages/stridefold/src/backends/webgpu/webgpu.ts'
import { traffic } from './packages/stridefold/src/program/traffic.ts'
import { fissioned } from './packages/stridefold/src/program/fission.ts'
const list: [string, string][] = [
 ['strided', '1x64x56x56 * 64x64x3x3 p1'], ['im2col', '1x64x56x56 * 64x64x3x3 p1'], ['winograd', '1x64x56x56 * 64x64x3x3 p1'], ['winograd', '1x128x28x28 * 128x128x3x3 p1'], ['winograd', '1x512x7x7 * 512x512x3x3 p1'], ['strided','1x256x56x56 * 64x256x1x1'],
 ['strided', '1x3x224x224 * 64x3x7x7 s2 p3'], ['strided', '1x32x112x112 * 32x1x3x3 p1 g32'], ['strided', '1x1x2160x3840 * 1x1x5x5 p2'], ['strided', '1x1x2160x3840 * 1x1x15x15 p7'],['fft', '1x1x2160x3840 * 1x1x63x63 p31'],
 ['fft', '1x64x56x56 * 64x64x3x3 p1'], ['strided', '1x1x100000 * 1x1x64'], ['strided', '1x16x64x64x64 * 16x16x3x3x3 p1'], ['strided', '1x64x28x28 * 64x64x3x3 i2 p1'],
]
for (const [name, text] of list) {
  const program = programOf(name, text, { machine: machineOf(leastLimits) })
  const t = traffic(fissioned(program, 0))
  const s = shaderProgram(program, leastLimits)
  console.log(name, text, s.stages.reduce((n, st) => n + st.kernels.length, 0), 'dispatches', (t.perStage.reduce((n, st) => n + (st.prepare ? 0 : st.bytesRead + st.bytesWritten), 0) / 1e6).toFixed(2), 'MB')
  for (const st of s.stages) for (const k of st.kernels) console.log('   ', st.prepare ? 'P' : ' ', st.name, '|', k.form, '|', k.workgroups, k.code.length)
}
if (process.argv[2]) { const p = programOf(process.argv[2], process.argv[3]!, { machine: machineOf(leastLimits) }); for (const st of shaderProgram(p, leastLimits).stages) for (const k of st.kernels) console.log(k.code) }
