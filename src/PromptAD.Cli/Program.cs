using PromptAD.Cli;

var terminal = new Terminal();
return await CommandLine.RunAsync(CommandLine.Create(terminal), args, terminal);
