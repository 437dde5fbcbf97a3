// Each script hands the words of the line to `kdelta __complete`, which answers with a line per candidate: the word, a tab
// and what it is. A line of `:files` asks the shell for file names instead.

// Bash cuts words at colons, which keys may hold. The words are joined again where the line has no space between them, and
// what lies before the last colon is taken off the answers, since bash puts it there itself. Words arrive as they are typed,
// so quotation marks and backslashes are taken off; the answers get backslashes, except behind a quotation mark.
const bash = String.raw`# bash completion of kdelta: source <(kdelta completion bash)
_kdelta() {
  local line="\${COMP_LINE:0:COMP_POINT}" words=() word last cut i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if ((i > 0)) && [[ $line != [[:space:]]* ]]; then
      words[\${#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
    line="\${line#"\${line%%[![:space:]]*}"}"
    line="\${line#"$word"}"
  done
  last="\${words[\${#words[@]}-1]}"
  for i in "\${!words[@]}"; do
    word="\${words[i]}"
    case $word in
      \'*) word="\${word#\'}" words[i]="\${word%\'}" ;;
      \"*) word="\${word#\"}" words[i]="\${word%\"}" ;;
      *\\*) IFS= read "words[i]" <<< "$word" ;;
    esac
  done
  cut=""
  [[ $last == *[:=]* ]] && cut="\${last%"\${last##*[:=]}"}"
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    if [[ $word == :files ]]; then
      compopt -o default 2>/dev/null
      return
    fi
    [[ $word == */ ]] && compopt -o nospace 2>/dev/null
    [[ $last == [\'\"]* ]] || printf -v word '%q' "$word"
    COMPREPLY+=("\${word#"$cut"}")
  done < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
}
complete -F _kdelta kdelta
`;

const zsh = String.raw`#compdef kdelta
# zsh completion of kdelta: kdelta completion zsh > ~/.zfunc/_kdelta, a folder of fpath
_kdelta() {
  local line word
  local -a found shown open_found open_shown
  while IFS= read -r line; do
    word="\${line%%$'\t'*}"
    if [[ $word == :files ]]; then
      _files
      return
    fi
    if [[ $word == */ ]]; then
      open_found+=("$word")
      open_shown+=("\${line//$'\t'/  }")
    else
      found+=("$word")
      shown+=("\${line//$'\t'/  }")
    fi
  done < <("\${words[1]}" __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  compadd -l -d shown -a found
  compadd -l -S '' -d open_shown -a open_found
}
if [[ $funcstack[1] == _kdelta ]]; then
  _kdelta "$@"
else
  compdef _kdelta kdelta
fi
`;

const fish = String.raw`# fish completion of kdelta: kdelta completion fish > ~/.config/fish/completions/kdelta.fish
function __kdelta_complete
    set -l words (commandline -opc) (string unescape -- (commandline -ct))
    set -l found ($words[1] __complete $words[2..] 2>/dev/null)
    if test "$found[1]" = ":files"
        __fish_complete_path $words[-1]
    else if set -q found[1]
        printf '%s\n' $found
    end
end
complete -c kdelta -f -a '(__kdelta_complete)'
`;

/** The completion script of each shell. */
export const scripts = { bash: unescaped(bash), zsh: unescaped(zsh), fish };

/** In a template of JavaScript the shell's own \${...} has to be escaped. */
function unescaped(script: string): string {
  return script.replaceAll('\\${', '${');
}
