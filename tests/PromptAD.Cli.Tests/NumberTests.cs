using System.CommandLine;
using System.Globalization;
using System.Reflection;

namespace PromptAD.Cli.Tests;

/// <summary>Asks the program's own commands, without starting it, so that no option of a number can be forgotten.</summary>
public sealed class NumberTests
{
    private static readonly Type[] Numbers = [typeof(int), typeof(long), typeof(float), typeof(double)];

    public static TheoryData<string, string> OptionsOfNumbers()
    {
        var found = new TheoryData<string, string>();
        foreach ((Command command, Option option) in All(Root())) if (IsNumber(option)) found.Add(Name(command), option.Name);
        return found;
    }

    [Theory]
    [MemberData(nameof(OptionsOfNumbers))]
    public void A_comma_is_refused_and_never_taken_for_a_separator_of_thousands(string command, string option)
    {
        bool isWhole = IsWhole(TypeOf(Find(command, option)));
        foreach (string text in (string[])["1,5", "0,25", "1,000"])
        {
            string error = Assert.Single(Errors(command, option, text));
            Assert.StartsWith($"{option} is '{text}'; give a", error);
            Assert.EndsWith(isWhole ? "." : "with a point for decimals.", error);
        }
        if (isWhole) Assert.Single(Errors(command, option, "1.5"));
    }

    [Theory]
    [MemberData(nameof(OptionsOfNumbers))]
    public void A_number_is_taken(string command, string option)
    {
        Type type = TypeOf(Find(command, option));
        string text = IsWhole(type) ? "8" : "0.25";
        Assert.Empty(Errors(command, option, text));
        ParseResult parsed = Root().Parse([.. command.Split(' '), option, text]);
        object value = typeof(ParseResult).GetMethod(nameof(ParseResult.GetValue), [typeof(string)])!
            .MakeGenericMethod(Find(command, option).ValueType).Invoke(parsed, [option])!;
        Assert.Equal(Convert.ChangeType(text, type, CultureInfo.InvariantCulture), value);
    }

    [Fact]
    public void The_options_of_all_commands_are_looked_at()
    {
        string[] names = [.. All(Root()).Where(one => IsNumber(one.Option)).Select(one => one.Option.Name).Distinct()];
        Assert.Superset(
            new HashSet<string>(["--min-area", "--novelty", "--text-weight", "--scale", "--review-score", "--ng-rate", "--threads", "--keep"]),
            new HashSet<string>(names));
    }

    /// <summary>What is wrong with the option's value; that other options are missing is no matter here.</summary>
    private static string[] Errors(string command, string option, string text) =>
    [
        .. Root().Parse([.. command.Split(' '), option, text]).Errors.Select(error => error.Message)
            .Where(message => message.Contains($"{option} ", StringComparison.Ordinal) || message.Contains($"'{text}'", StringComparison.Ordinal)),
    ];

    private static RootCommand Root()
    {
        var program = Assembly.LoadFrom(Path.Combine(Promptad.ProgramFolder, "PromptAD.Cli.dll"));
        object terminal = Activator.CreateInstance(program.GetType("PromptAD.Cli.Terminal", throwOnError: true)!)!;
        return (RootCommand)program.GetType("PromptAD.Cli.CommandLine", throwOnError: true)!.GetMethod("Create")!.Invoke(null, [terminal])!;
    }

    private static IEnumerable<(Command Command, Option Option)> All(Command command) =>
        command.Options.Select(option => (command, option)).Concat(command.Subcommands.SelectMany(All));

    private static Option Find(string command, string option) =>
        All(Root()).Single(one => Name(one.Command) == command && one.Option.Name == option).Option;

    private static bool IsNumber(Option option) => Numbers.Contains(TypeOf(option));

    private static bool IsWhole(Type type) => type == typeof(int) || type == typeof(long);

    private static Type TypeOf(Option option) => Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;

    private static string Name(Command command)
    {
        string[] parents = [.. command.Parents.OfType<Command>().Where(parent => parent is not RootCommand).Select(Name)];
        return string.Join(' ', [.. parents, command.Name]);
    }
}
