using System.CommandLine;
using PromptAD.Training.Verification;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad verify</c>: recomputes reference files on this machine.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("reference")
        {
            Description = "Reference files (.safetensors): model, DINOv2, maps or preprocessing.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(
            "verify", "Recomputes reference files on this machine and prints the largest difference and the tolerance per tensor.")
        {
            files,
        };
        files.Validators.Add(CommonOptions.CheckPaths);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(terminal, parsed.GetRequiredValue(files), cancellation)));
        return command;
    }

    private static int Run(Terminal terminal, string[] files, CancellationToken cancellation)
    {
        int failed = 0, checkedTensors = 0;
        foreach (string path in files)
        {
            terminal.Print(path);
            Reference.Verify(path, check =>
            {
                checkedTensors++;
                if (!check.Holds) failed++;
                string verdict = check.Holds ? "ok  " : "FAIL";
                terminal.Print($"  {verdict}  {check.Name,-32}  {check.Difference,9:0.00e+00}  of {check.Tolerance,9:0.00e+00}");
            }, cancellation);
        }
        terminal.Print(failed == 0
            ? $"All {checkedTensors} tensors hold."
            : $"{failed} of {checkedTensors} tensors differ by more than their tolerance.");
        return failed == 0 ? ExitCode.Success : ExitCode.Partial;
    }
}
