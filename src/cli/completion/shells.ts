/** The shells that can be told how to complete a command line. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

interface ShellRow {
  /** the commands that put the script where the shell looks for it */
  install: string
  /** what they do, and when it takes effect */
  words: string
}

export const SHELL_ROWS: Readonly<Record<Shell, ShellRow>> = {
  bash: {
    words: 'For bash, with the package bash-completion; without it, source the file in ~/.bashrc',
    install:
      'mkdir -p ~/.local/share/bash-completion/completions && rpbench completion bash > ~/.local/share/bash-completion/completions/rpbench',
  },
  zsh: {
    words: 'For zsh, where ~/.zfunc stands in fpath before compinit is called',
    install: 'mkdir -p ~/.zfunc && rpbench completion zsh > ~/.zfunc/_rpbench',
  },
  fish: {
    words: 'For fish',
    install:
      'mkdir -p ~/.config/fish/completions && rpbench completion fish > ~/.config/fish/completions/rpbench.fish',
  },
}
