# What zsh offers at the end of command lines: zsh zsh-completions.zsh SCRIPT LINE…
# Prints for each line what a Tab offers, then an empty line.
zmodload zsh/zpty
script=$1
shift
zpty shell zsh -f -i
zpty -w shell 'PS1=; unsetopt zle_bracketed_paste; autoload -U compinit && compinit -D -u; source '${(q)script}
# Calls that only filter offer nothing.
zpty -w shell 'compadd() {
  if [[ " $* " != *" -"[OAD]" "* ]]; then
    local -a offered
    builtin compadd -A offered "$@"
    print -rl -- "@offer "$^offered
  fi
  builtin compadd "$@"
}'
zpty -w shell 'ended() { print -r -- "@end" }; tab() { comppostfuncs=(ended); zle complete-word }; zle -N tab; bindkey "^I" tab'
zpty -w shell 'print -r -- @rea""dy'
zpty -m -r shell out '*@ready*'
for line in "$@"; do
  zpty -w -n shell "$line"$'\t'
  zpty -m -r shell out '*@end*'
  for found in ${(f)out}; do
    found=${found//$'\r'/}
    [[ $found == *@offer\ * ]] && print -r -- ${found##*@offer }
  done
  print
  zpty -w -n shell $'\C-u'
done
zpty -d shell
