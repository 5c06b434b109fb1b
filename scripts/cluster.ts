/**
 * `npm run cluster`: a job on a real Slurm on this machine, as an array of 1, 3 and 8 tasks. In
 * mid-run some tasks are cancelled and some are requeued. The result must have the bits of a single
 * process.
 *
 * Needs Debian or Ubuntu, root, and the packages slurm-wlm and munge; without them it prints how to
 * install them. Everything else is in a temporary folder, on 127.0.0.1, and ends with the script.
 */

import { type ChildProcess, execFileSync, type StdioOptions, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { availableParallelism, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const stridefold = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url))
const folder = fs.mkdtempSync(join(tmpdir(), 'stridefold-cluster-'))
const at = (name: string): string => join(folder, name)
const host = hostname().split('.')[0]!
const children: ChildProcess[] = []

const configuration = `ClusterName=local
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmctldPort=16817
SlurmdPort=16818
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} State=UNKNOWN
PartitionName=p Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`

const environment = { ...process.env, SLURM_CONF: at('slurm.conf') }

function run(command: string, ...args: string[]): string {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe']
  return execFileSync(command, args, { cwd: folder, env: environment, stdio, encoding: 'utf8' })
}

const own = (...args: string[]): string => run(process.execPath, stridefold, ...args)

function checkMachine(): void {
  if (!fs.existsSync(stridefold)) throw new Error("packages/cli is not built: run 'npm run build'.")
  if (process.getuid?.() !== 0) throw new Error('Slurm is started as root. Run this as root.')
  for (const program of ['slurmctld', 'slurmd', 'munged'])
    if (!['/usr/sbin', '/usr/bin'].some((path) => fs.existsSync(join(path, program))))
      throw new Error(`${program} is missing: apt-get install -y slurm-wlm munge`)
}

async function startSlurm(): Promise<void> {
  fs.mkdirSync(at('state'))
  fs.mkdirSync(at('spool'))
  fs.writeFileSync(at('slurm.conf'), configuration)
  await startMunge()
  for (const program of ['slurmctld', 'slurmd']) {
    children.push(spawn(program, ['-D'], { env: environment, stdio: 'ignore' }))
    await wait(1000)
  }
  for (let tries = 0; tries < 30; tries++) {
    if (/idle|mix|alloc/.test(sinfo())) return
    await wait(1000)
  }
  throw new Error(`Slurm did not start: ${fs.readFileSync(at('slurmctld.log'), 'utf8')}`)
}

function sinfo(): string {
  try {
    return run('sinfo', '-h', '-o', '%T')
  } catch {
    return ''
  }
}

/** munge tells Slurm who calls. One that runs already is used. */
async function startMunge(): Promise<void> {
  try {
    run('munge', '-n')
    return
  } catch {
    fs.mkdirSync('/run/munge', { recursive: true })
    run('chown', 'munge:munge', '/run/munge')
    children.push(
      spawn('runuser', ['-u', 'munge', '--', '/usr/sbin/munged', '--foreground', '--force'], {
        stdio: 'ignore',
      }),
    )
    await wait(1500)
  }
}

/** 200 MB of floats. */
function putVolume(): void {
  const shape = [192, 512, 512]
  const head = Buffer.alloc(128, ' ')
  head.write('\x93NUMPY\x01\0', 0, 'latin1')
  head.writeUInt16LE(118, 8)
  head.write(`{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`, 10)
  head[127] = 10
  const samples = Float32Array.from(
    { length: 192 * 512 * 512 },
    (_, i) => ((i * 7919) % 9973) / 997,
  )
  fs.writeFileSync(at('in.npy'), Buffer.concat([head, new Uint8Array(samples.buffer)]))
}

function plan(out: string): void {
  const line = `job plan in.npy -k gaussian:sigma=2 -o ${out} --memory-limit 220M -j ${out}.json`
  own(...line.split(' '), '--chunks', '16x64x64')
}

/** The script that `job submit` prints, with this build as the command. */
function submit(out: string, tasks: number, dependency: readonly string[] = []): string {
  const text = own(...`job submit ${out}.json --to slurm --cores 1 --tasks ${tasks}`.split(' '))
  const script = text
    .replace('exec stridefold', `exec ${process.execPath} ${stridefold}`)
    // All nodes of a small machine share its memory.
    .replace(/^#SBATCH --mem=.*\n/m, '')
  fs.writeFileSync(at(`${out}.sh`), script)
  return run('sbatch', '--parsable', ...dependency, at(`${out}.sh`)).trim()
}

/** A requeued task waits two minutes by default. */
async function startAgain(task: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    await wait(500)
    try {
      run('scontrol', 'update', `JobId=${task}`, 'StartTime=now')
      return
    } catch {
      // It has not left its node yet.
    }
  }
}

/** Waits until no task of the array is left. */
async function ended(id: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (run('squeue', '-h', '-j', id, '-o', '%T').trim() === '') return
    await wait(500)
  }
  throw new Error(`array ${id} does not end: ${run('squeue')}`)
}

/** Waits until a part of the boxes is done. */
async function begun(out: string, boxes: number): Promise<number> {
  for (let tries = 0; tries < 600; tries++) {
    const done = doneBoxes(out)
    if (done >= boxes) return done
    await wait(100)
  }
  throw new Error(`${out} does not begin.`)
}

function doneBoxes(out: string): number {
  try {
    return JSON.parse(own('job', 'status', `${out}.json`, '--json')).boxes.done
  } catch (error) {
    // Not whole: exit code 1, with the answer in stdout.
    const { stdout } = error as { readonly stdout?: string }
    return stdout ? JSON.parse(stdout).boxes.done : 0
  }
}

function hashOf(out: string): string {
  const hash = createHash('sha256')
  const names = (fs.readdirSync(at(out), { recursive: true }) as string[]).filter((name) =>
    /^\d+(\/\d+)*$/.test(name),
  )
  for (const name of names.sort())
    if (fs.statSync(join(at(out), name)).isFile())
      hash.update(name).update(fs.readFileSync(join(at(out), name)))
  return hash.digest('hex')
}

/** Runs the job as an array; with `disturb`, tasks are cancelled and requeued in mid-run. */
async function runArray(tasks: number, disturb: boolean, expected: string): Promise<boolean> {
  const out = `out-${tasks}${disturb ? '-disturbed' : ''}.zarr`
  plan(out)
  const start = performance.now()
  const id = submit(out, tasks)
  let told = ''
  if (disturb) {
    const done = await begun(out, 1)
    // The first task loses its place and starts again; the last one is cancelled for good.
    run('scontrol', 'requeue', `${id}_0`)
    run('scancel', `${id}_${tasks - 1}`)
    await startAgain(`${id}_0`)
    told = `, task 0 requeued and task ${tasks - 1} cancelled after ${done} boxes`
  }
  await ended(id)
  if (disturb) {
    // What a user does then: the same script again.
    told += `; ${doneBoxes(out)} boxes were left by it, then the same script again`
    await ended(submit(out, tasks))
  }
  const isEqual = hashOf(out) === expected
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(
    `${isEqual ? 'equal' : 'DIFFERENT'}  array of ${tasks}${told}: ${seconds} s, ` +
      `${hashOf(out).slice(0, 12)}`,
  )
  return isEqual
}

async function main(): Promise<void> {
  checkMachine()
  await startSlurm()
  console.log(`${run('sinfo', '--version').trim()} on ${host}: ${sinfo().trim()}`)
  putVolume()
  plan('once.zarr')
  own('job', 'run', 'once.zarr.json')
  const expected = hashOf('once.zarr')
  console.log(`a single process: ${expected.slice(0, 12)}`)
  const equal: boolean[] = []
  for (const tasks of [1, 3, 8]) equal.push(await runArray(tasks, false, expected))
  for (const tasks of [3, 8]) equal.push(await runArray(tasks, true, expected))
  if (!equal.every(Boolean)) process.exitCode = 1
}

function hasEnded(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

try {
  await main()
} finally {
  for (const child of children.reverse()) child.kill('SIGTERM')
  await Promise.all(children.map(hasEnded))
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
}
