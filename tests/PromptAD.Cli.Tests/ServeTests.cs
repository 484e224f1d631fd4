namespace PromptAD.Cli.Tests;

public sealed class ServeTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public async Task What_ends_the_command_ends_the_service_which_finishes_its_work()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals and scripts are those of a Unix.");
        string service = InFolder("service");
        await File.WriteAllTextAsync(
            service, "#!/bin/sh\ntrap 'sleep 0.2; echo finished; exit 7' TERM\necho \"started $*\" >&2\nwhile :; do sleep 0.05; done\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(service, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using Promptad program = Promptad.StartWith(("PROMPTAD_SERVER", service), Folder, Workshop.Store, "serve", "--data", "folder");
        await program.WaitForMessageAsync("started --data folder");

        program.End();

        Outcome outcome = program.Wait();
        Assert.Equal((7, "finished\n"), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public void A_service_that_is_not_there_is_told_in_one_line()
    {
        using Promptad program = Promptad.StartWith(("PROMPTAD_SERVER", InFolder("nothing")), Folder, Workshop.Store, "serve");

        Outcome outcome = program.Wait();
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("cannot be started. Install it with", Assert.Single(outcome.MessageLines));
    }
}
