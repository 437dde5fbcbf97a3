import { Argument } from 'commander';
import type { Definition } from '../catalogue.js';
import { oneOf } from '../choice.js';
import { withExamples } from '../command.js';
import { scripts } from '../completion/scripts.js';

const shells = Object.keys(scripts);

export const defineCompletion: Definition = (command, context) => {
  command
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(shells).argParser(oneOf('shell', shells)))
    .action(async (shell: keyof typeof scripts) => {
      await context.output.write(scripts[shell]);
    });
  withExamples(command, [
    ['source <(kdelta completion bash)', 'bash, in this shell; put the line into ~/.bashrc to keep it'],
    ['kdelta completion zsh > ~/.zfunc/_kdelta', 'zsh, with ~/.zfunc among the folders of fpath'],
    ['kdelta completion fish > ~/.config/fish/completions/kdelta.fish', 'fish'],
  ]);
};
