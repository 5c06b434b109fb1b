/**
 * `completion SHELL`: prints a shell script that completes verbs, options and their choices. The
 * script is generated from the commander program, so it always matches the command line. Where no
 * word of ours fits, the shell completes file names.
 */

import { Argument, type Command } from 'commander'
import { oneOf } from '../flag-values.ts'
import { type Io, print, printJson } from '../io.ts'

const examples = `Examples:
  $ source <(stridefold completion bash)
  $ stridefold completion zsh > ~/.zfunc/_stridefold
  $ stridefold completion fish > ~/.config/fish/completions/stridefold.fish
`

export function addCompletion(program: Command, io: Io): void {
  program
    .command('completion')
    .summary('shell completion')
    .description('Prints a completion script for a shell.')
    .addArgument(new Argument('<shell>').choices(shells).argParser(oneOf(shells)))
    .option('--json', 'print the script as JSON')
    .addHelpText('before', examples)
    .action((shell: Shell, { json }: { json?: boolean }) => {
      const script = scripts[shell](verbsOf(program))
      return json ? printJson(io, 'completion', { shell, script }) : print(io.stdout, script)
    })
}

const shells = ['bash', 'zsh', 'fish'] as const

type Shell = (typeof shells)[number]

interface Verb {
  readonly name: string
  readonly summary: string
  readonly options: readonly {
    readonly names: readonly string[]
    readonly summary: string
    readonly choices: readonly string[]
  }[]
  /** The words that its arguments accept, if the list is fixed. */
  readonly choices: readonly string[]
}

function verbsOf(program: Command): Verb[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: [
      ...optionsOf(command).map(({ short, long, description, argChoices = [] }) => ({
        names: [short, long].filter((name) => name !== undefined),
        summary: description,
        choices: argChoices,
      })),
      { names: ['-h', '--help'], summary: 'show help', choices: [] },
    ],
    choices: [
      ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
      ...command.commands.map((inner) => inner.name()),
    ],
  }))
}

/** The options of a verb, and of the words after it, each once. */
function optionsOf(command: Command): Command['options'] {
  const all = [command, ...command.commands].flatMap(({ options }) => options)
  return [...new Map(all.map((option) => [option.long, option])).values()]
}

const scripts: Readonly<Record<Shell, (verbs: readonly Verb[]) => string>> = { bash, zsh, fish }

const words = (verb: Verb): string =>
  [...verb.options.flatMap(({ names }) => names), ...verb.choices].join(' ')

/** Lines `verb option) choices`, for the options that have choices. */
function choiceCases(
  verbs: readonly Verb[],
  line: (pattern: string, choices: string) => string,
): string {
  return verbs
    .flatMap(({ name, options }) =>
      options
        .filter(({ choices }) => choices.length > 0)
        .map(({ names, choices }) =>
          line(names.map((option) => `'${name} ${option}'`).join('|'), choices.join(' ')),
        ),
    )
    .join('\n')
}

function bash(verbs: readonly Verb[]): string {
  return `_stridefold() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local verb="\${COMP_WORDS[1]}" words=
  if [[ $COMP_CWORD -eq 1 ]]; then
    words='${verbs.map(({ name }) => name).join(' ')} --help --version'
  else
    case "$verb $previous" in
${choiceCases(verbs, (pattern, choices) => `      ${pattern}) words='${choices}' ;;`)}
      *) case "$verb" in
${verbs.map((verb) => `        ${verb.name}) words='${words(verb)}' ;;`).join('\n')}
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _stridefold stridefold
`
}

function zsh(verbs: readonly Verb[]): string {
  return `#compdef stridefold
_stridefold() {
  local verb="\${words[2]}" previous="\${words[CURRENT-1]}"
  local -a offers
  if (( CURRENT == 2 )); then
    offers=(${verbs.map(({ name, summary }) => `'${name}:${quote(summary)}'`).join(' ')})
    _describe verb offers
    return
  fi
  case "$verb $previous" in
${choiceCases(verbs, (pattern, choices) => `    ${pattern}) offers=(${choices}) ;;`)}
    *) case "$verb" in
${verbs.map((verb) => `      ${verb.name}) offers=(${words(verb)}) ;;`).join('\n')}
    esac ;;
  esac
  compadd -a offers
  _files
}
if [ "$funcstack[1]" = "_stridefold" ]; then _stridefold "$@"
else compdef _stridefold stridefold; fi
`
}

function fish(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap(({ name, summary, options, choices }) => [
    `complete -c stridefold -n __fish_use_subcommand -a ${name} -d '${quote(summary)}'`,
    ...options.map(({ names, summary: what, choices: values }) => {
      const flags = names
        .map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
        .join(' ')
      const offered = values.length > 0 ? ` -x -a '${values.join(' ')}'` : ''
      return (
        `complete -c stridefold -n '__fish_seen_subcommand_from ${name}' ${flags}${offered} -d ` +
        `'${quote(what)}'`
      )
    }),
    ...(choices.length > 0
      ? [
          `complete -c stridefold -n '__fish_seen_subcommand_from ${name}' -f -a ` +
            `'${choices.join(' ')}'`,
        ]
      : []),
  ])
  return `${lines.join('\n')}\n`
}

const quote = (text: string): string => text.replaceAll("'", '’')
