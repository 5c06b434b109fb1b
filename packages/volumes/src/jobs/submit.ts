/**
 * What an engine needs to run a job: a script for Slurm, a manifest for Kubernetes. It is only
 * printed. Memory and cores are those of the plan. Tasks are numbered 0 … N − 1.
 */

import type { Job } from './job.ts'

export const engineNames = ['slurm', 'kubernetes'] as const
export type EngineName = (typeof engineNames)[number]

export interface SubmitOptions {
  /** The number of tasks. */
  readonly tasks: number
  /** Cores of a task. Default 2. */
  readonly cores?: number
  /** The path of the job file, as the tasks see it. */
  readonly job: string
  /** The command. Default `stridefold`. */
  readonly command?: string
  /** Kubernetes: the image that has the command. */
  readonly image?: string
  /** Kubernetes: the claim of the volume with the data, and where it is mounted. */
  readonly claim?: string
  readonly mount?: string
  /** Name of the job. Default: `stridefold-` and the first digits of its hash. */
  readonly name?: string
}

/** What Node and the program take besides the bound of the plan. */
export const programBytes: number = 200 * 2 ** 20

/** The memory to ask for, in MiB. */
export const mebibytesOf = ({ memory }: Pick<Job, 'memory'>): number =>
  Math.ceil((Math.max(memory.bound.total, memory.levels ?? 0) + programBytes) / 2 ** 20)

export const submitText = (engine: EngineName, job: Job, options: SubmitOptions): string =>
  engine === 'slurm' ? slurmScript(job, options) : kubernetesManifest(job, options)

const nameOf = (job: Job, { name = `stridefold-${job.hash.slice(0, 8)}` }: SubmitOptions): string =>
  name

function slurmScript(job: Job, options: SubmitOptions): string {
  const { tasks, cores = 2, command = 'stridefold' } = options
  return `#!/bin/sh
#SBATCH --job-name=${nameOf(job, options)}
#SBATCH --array=0-${tasks - 1}
#SBATCH --cpus-per-task=${cores}
#SBATCH --mem=${mebibytesOf(job)}M
#SBATCH --requeue
#SBATCH --open-mode=append
# Arrays are often limited to 1000 tasks: a task takes a range of the ${job.boxes} boxes. Finished
# boxes are skipped, so the same script may be submitted again, also with another number of tasks.
${levelsNote(job)}exec ${command} job run ${quoted(options.job)} \\
  --task "$SLURM_ARRAY_TASK_ID" --of ${tasks} --threads ${cores}
`
}

/** What the task that ends last does besides. */
const levelsNote = ({ levels = [] }: Job): string =>
  levels.length === 0
    ? ''
    : '# The task that finds all boxes done computes the smaller resolutions, too ' +
      `(${levels.length}): give it time.\n`

/** An Indexed Job. A task that fails is started again, without the others. */
function kubernetesManifest(job: Job, options: SubmitOptions): string {
  const {
    tasks,
    cores = 2,
    command = 'stridefold',
    image = 'IMAGE',
    claim = 'CLAIM',
    mount = '/data',
  } = options
  const memory = mebibytesOf(job)
  const args = ['job', 'run', options.job, '--index-from-env', '--of', `${tasks}`]
  return `${levelsNote(job)}apiVersion: batch/v1
kind: Job
metadata:
  name: ${nameOf(job, options)}
spec:
  completionMode: Indexed
  completions: ${tasks}
  parallelism: ${tasks}
  backoffLimitPerIndex: 3
  maxFailedIndexes: ${tasks}
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: stridefold
          image: ${JSON.stringify(image)}
          command: ${JSON.stringify([...command.split(' '), ...args, '--threads', `${cores}`])}
          resources:
            requests:
              cpu: "${cores}"
              memory: ${memory}Mi
            limits:
              memory: ${memory}Mi
          volumeMounts:
            - name: data
              mountPath: ${JSON.stringify(mount)}
      volumes:
        - name: data
          persistentVolumeClaim:
            claimName: ${JSON.stringify(claim)}
`
}

/** A word for a shell. */
const quoted = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
