namespace PromptAD.Cli.Tests;

public sealed class UsageTests(Workshop workshop) : CommandTest(workshop)
{
    [Theory]
    [InlineData("", "train", "predict", "calibrate", "threshold", "info", "export", "verify", "backbone", "demo", "advise", "serve")]
    [InlineData("train", "--good", "--object", "--defect", "--shots", "--seed", "--preset", "--learned-order", "--roi", "--ignore", "--force")]
    [InlineData("advise", "<pictures>", "--shots", "--options", "--most", "--seed", "--format", "--output", "promises nothing")]
    [InlineData("predict", "<detector>", "<pictures>", "--output", "--format", "--maps")]
    [InlineData("calibrate", "<detector>", "--good", "--ng-rate", "--pixel-score", "19 for 5 %, 99 for 1 %")]
    [InlineData("feedback", "<detector>", "--ok", "--ng", "--undo", "--novelty", "--threads", "--provider", "--pixel-limit", "--bits")]
    [InlineData("threshold", "show", "set", "explain")]
    [InlineData("backbone", "pull", "import", "generate", "list", "info", "remove")]
    public void Help_names_what_there_is(string command, params string[] names)
    {
        Outcome outcome = Run(Success, command.Length == 0 ? ["--help"] : [command, "--help"]);
        Assert.All(names, name => Assert.Contains(name, outcome.Output, StringComparison.Ordinal));
        Assert.Equal("", outcome.Messages);
    }

    [Fact]
    public void Says_its_version() => Assert.Matches(@"^\d+\.\d+\.\d+", Run(Success, "--version").Output);

    public static TheoryData<string, string> Numbers()
    {
        string[] limits = ["--review-rate", "--ng-rate", "--pixel-rate", "--review-score", "--ng-score", "--pixel-score", "--min-area"];
        string[] readout = ["--top-patches", "--text-weight", "--memory-shifts"];
        (string Command, string[] Options)[] all =
        [
            ("train --good g --object o -o x",
                [.. limits, .. readout, "--shots", "--seed", "--epochs", "--pose-rows", "--threads", "--pixel-limit", "--bits"]),
            ("predict d p", ["--scale", "--threads", "--pixel-limit", "--bits"]),
            ("calibrate d --good g", [.. limits, "--keep", "--threads", "--pixel-limit", "--bits"]),
            ("threshold set d", limits),
            ("feedback d --ok g", ["--novelty", "--threads", "--pixel-limit", "--bits"]),
            ("evaluate d --dataset g", ["--threads"]),
            ("benchmark --root g -o x", [.. readout, "--seeds", "--epochs", "--pose-rows", "--threads"]),
            ("export d --check g -o x", ["--threads", "--pixel-limit", "--bits"]),
            ("advise g", ["--most", "--seed", "--threads", "--pixel-limit", "--bits"]),
            ("demo", ["--seed"]),
        ];
        string[] fractions = [.. limits, "--text-weight", "--novelty"]; // take 1e20 for a number, out of range
        var numbers = new TheoryData<string, string>();
        foreach ((string command, string option) in all.SelectMany(one => one.Options.Select(option => (one.Command, option))))
        {
            numbers.Add($"{command} {option} abc", option);
            if (!fractions.Contains(option)) numbers.Add($"{command} {option} 100000000000000000000", option);
        }
        return numbers;
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Refuses_what_is_no_number_or_none_that_fits(string line, string option)
    {
        string error = Refuse(Usage, line.Split(' '));
        Assert.Contains(option, error);
        Assert.EndsWith("--help' lists what can be given.", error);
        Assert.Empty(FilesLeft);
    }

    [Theory]
    [InlineData("Required command", "promptad --help")]
    [InlineData("'bogus' is not known here.", "promptad --help", "bogus")]
    [InlineData("'prdict' is not known here; did you mean 'predict'?", "promptad --help", "prdict")]
    [InlineData("did you mean '--output'?", "promptad predict --help", "predict", "nut.promptad", "good", "--outptu", "x")]
    [InlineData("'--objct' is not known here; did you mean '--object'?", "promptad train --help", "train", "--good", "g", "--objct", "o", "-o", "x")]
    [InlineData("'prdict' is not known here; did you mean 'predict'? 'promptad", "promptad --help", "prdict", "nut.promptad", "in")] // and no more
    [InlineData("'backbone' is followed by one of pull, import, ", "promptad backbone --help", "backbone")]
    [InlineData(
        "'nut.promptad' is not known here. 'threshold' is followed by one of show, ", "promptad threshold --help", "threshold", "nut.promptad", "x")]
    [InlineData("'--good' is required", "promptad train --help", "train")]
    [InlineData("'pictures' missing", "promptad predict --help", "predict", "nut.promptad")]
    [InlineData("'--formt' is not known here; did you mean '--format'?", "promptad predict --help", "predict", "nut.promptad", "good", "--formt", "json")]
    [InlineData("'Table', 'Json', 'Csv'", "promptad predict --help", "predict", "nut.promptad", "good", "--format", "xml")]
    [InlineData("'Table', 'Json', 'Csv'", "promptad predict --help", "predict", "nut.promptad", "good", "--format", "1")]
    [InlineData("above 0", "promptad predict --help", "predict", "nut.promptad", "good", "--scale", "0")]
    [InlineData("above 0", "promptad predict --help", "predict", "nut.promptad", "good", "--scale", "NaN")]
    [InlineData("between 0 and 1024", "promptad predict --help", "predict", "nut.promptad", "good", "--threads", "-1")]
    [InlineData("'three'", "promptad train --help", "train", "--good", "good", "--object", "nut", "-o", "x", "--shots", "three")]
    [InlineData("'99999999999'", "promptad train --help", "train", "--good", "good", "--object", "nut", "-o", "x", "--seed", "99999999999")]
    [InlineData("'recommended', 'published'", "promptad train --help", "train", "--good", "g", "--object", "o", "-o", "x", "--preset", "b")]
    [InlineData("path is empty", "promptad train --help", "train", "--good", "good", "--object", "nut", "-o", "")]
    [InlineData("path is empty", "promptad predict --help", "predict", "", "good")]
    [InlineData("'--config' is required", "promptad backbone generate --help", "backbone", "generate")]
    public void Refuses_a_command_line_in_one_line_that_points_to_the_help(string reason, string help, params string[] arguments)
    {
        string error = Refuse(Usage, arguments);
        Assert.Contains(reason, error);
        Assert.EndsWith($"'{help}' lists what can be given.", error);
        Assert.DoesNotContain("System.", error);
    }
}
