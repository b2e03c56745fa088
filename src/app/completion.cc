#include <algorithm>
#include <cstdio>

#include "app/commands.h"

namespace soundbite {

namespace {

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// In single quotes for a shell.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::vector<CommandSpec> specs_of(std::span<const Command> commands) {
  std::vector<CommandSpec> specs;
  for (const auto& command : commands) specs.push_back(command.spec());
  return specs;
}

std::string bash_values(const Option& option) {
  const std::string name = "--" + option.name + (option.letter == '\0' ? "" : std::string("|-") + option.letter);
  if (option.completes == Completes::file)
    return "    " + name + ") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n";
  if (option.completes == Completes::folder)
    return "    " + name + ") COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n";
  return "    " + name + ") COMPREPLY=($(compgen -W " + quoted(join(option.choices)) + " -- \"$word\")); return ;;\n";
}

std::string bash(const std::vector<CommandSpec>& specs) {
  std::string names;
  std::string cases;
  for (const auto& spec : specs) {
    names += (names.empty() ? "" : " ") + spec.name;
    std::string flags;
    std::string values;
    for (const auto& option : options_of(spec)) {
      flags += (flags.empty() ? "--" : " --") + option.name;
      if (!option.placeholder.empty()) values += bash_values(option);
    }
    if (!values.empty()) values = "    case $before in\n" + values + "    esac\n";
    cases += "  " + spec.name + ")\n" + values + "    words=" + quoted(join(spec.word_choices)) +
             "\n    [[ $word == -* ]] && words=" + quoted(flags) + " ;;\n";
  }
  return "# bash completion of soundbite: source <(soundbite completion bash)\n"
         "_soundbite() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
         "  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W " +
         quoted(names) + " -- \"$word\")); return; fi\n  case ${COMP_WORDS[1]} in\n" + cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -o bashdefault -F _soundbite soundbite\n";
}

// What _arguments shows between brackets, and what would end it.
std::string zsh_text(std::string text) {
  std::string out;
  for (const char c : text) out += c == '[' || c == ']' || c == ':' ? std::string("\\") + c : std::string(1, c);
  return out;
}

std::string zsh_action(const Option& option) {
  if (option.completes == Completes::file) return "_files";
  if (option.completes == Completes::folder) return "_files -/";
  return option.choices.empty() ? "" : "(" + join(option.choices) + ")";
}

std::string zsh(const std::vector<CommandSpec>& specs) {
  std::string names;
  std::string cases;
  for (const auto& spec : specs) {
    names += "    " + quoted(spec.name + ":" + spec.summary) + "\n";
    cases += "  " + spec.name + ") _arguments";
    for (const auto& option : options_of(spec)) {
      const std::string text = "[" + zsh_text(option.help) + "]";
      const std::string value =
          option.placeholder.empty() ? "" : ":" + zsh_text(option.placeholder) + ":" + zsh_action(option);
      const std::string star = option.repeatable ? "*" : "";
      cases += " \\\n    " + quoted(star + "--" + option.name + text + value);
      if (option.letter != '\0') cases += " \\\n    " + quoted(std::string("-") + option.letter + text + value);
    }
    if (!spec.word_choices.empty()) cases += " \\\n    " + quoted("1:word:(" + join(spec.word_choices) + ")");
    cases += " ;;\n";
  }
  return "#compdef soundbite\n"
         "# zsh completion of soundbite: soundbite completion zsh > ~/.zfunc/_soundbite, with ~/.zfunc in fpath\n"
         "_soundbite() {\n  local -a names=(\n" +
         names +
         "  )\n"
         "  if ((CURRENT == 2)); then _describe command names; return; fi\n"
         "  local command=$words[2]\n"
         "  shift words; ((CURRENT--))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "}\n"
         "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _soundbite \"$@\"; else compdef _soundbite soundbite; "
         "fi\n";
}

std::string fish(const std::vector<CommandSpec>& specs) {
  std::string out =
      "# fish completion of soundbite: soundbite completion fish > ~/.config/fish/completions/soundbite.fish\n"
      "complete -c soundbite -f\n";
  for (const auto& spec : specs) {
    out += "complete -c soundbite -n __fish_use_subcommand -a " + spec.name + " -d " + quoted(spec.summary) + "\n";
    const std::string only = "complete -c soundbite -n '__fish_seen_subcommand_from " + spec.name + "'";
    if (!spec.word_choices.empty()) out += only + " -a " + quoted(join(spec.word_choices)) + "\n";
    for (const auto& option : options_of(spec)) {
      out += only + " -l " + option.name + (option.letter == '\0' ? "" : std::string(" -s ") + option.letter);
      if (!option.placeholder.empty()) out += option.completes == Completes::nothing ? " -x" : " -r -F";
      if (!option.choices.empty()) out += " -a " + quoted(join(option.choices));
      out += " -d " + quoted(option.help) + "\n";
    }
  }
  return out;
}

}  // namespace

CommandSpec completion_spec() {
  return {.name = "completion",
          .summary = "print the completion script of a shell",
          .words = "bash|zsh|fish",
          .max_words = 1,
          .word_choices = {"bash", "zsh", "fish"},
          .examples =
              "  source <(soundbite completion bash)\n"
              "  soundbite completion zsh > ~/.zfunc/_soundbite\n"
              "  soundbite completion fish > ~/.config/fish/completions/soundbite.fish\n"};
}

Ending run_completion(const Invocation& invocation) {
  const auto specs = specs_of(invocation.commands);
  const std::string shell = invocation.arguments.words().empty() ? "" : invocation.arguments.words().front();
  if (shell != "bash" && shell != "zsh" && shell != "fish")
    return called_wrongly("name the shell: soundbite completion bash, zsh or fish");
  const std::string script = shell == "bash" ? bash(specs) : shell == "zsh" ? zsh(specs) : fish(specs);
  std::fputs(script.c_str(), stdout);
  return {};
}

}  // namespace soundbite
