using System.Globalization;

namespace PromptAD;

/// <summary>
/// What an error or a warning says, as data: a front end can word its own remedy, where the library's names a property or method of C#.
/// </summary>
/// <param name="Problem">The kind of problem.</param>
/// <param name="What">What was given and what is allowed: whole sentences on one line.</param>
public sealed record Diagnostic(Problem Problem, string What)
{
    /// <summary>
    /// What it is about, such as the name of an option, a backbone or a configuration; null where <see cref="What"/> says all.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>The value that was given for the subject; null where there is none.</summary>
    public string? Given { get; init; }

    /// <summary>What the subject may be, as it follows "it must", such as "lie between 0 and 1"; null where there is no range.</summary>
    public string? Allowed { get; init; }

    /// <summary>What to do, one sentence; {0} stands for <see cref="Option"/>. null where <see cref="What"/> says it.</summary>
    public string? Remedy { get; init; }

    /// <summary>The property or method that the remedy names, such as <c>FeedbackOptions.Force</c>; null where it names none.</summary>
    public string? Option { get; init; }

    /// <summary>An option that is out of its range.</summary>
    internal static Diagnostic OutOfRange(string subject, object given, string allowed)
    {
        string value = string.Create(CultureInfo.InvariantCulture, $"{given}");
        return new(Problem.OutOfRange, $"{subject} is {value}; it must {allowed}.") { Subject = subject, Given = value, Allowed = allowed };
    }

    /// <summary>The whole text, with the remedy in the words of a front end.</summary>
    /// <param name="nameOf">What the front end calls <see cref="Option"/>; null to leave the remedy out.</param>
    public string Describe(Func<Diagnostic, string?> nameOf)
    {
        ArgumentNullException.ThrowIfNull(nameOf);
        if (Remedy is null) return What;
        if (Option is null) return $"{What} {Remedy}";
        return nameOf(this) is { } name ? $"{What} {Remedy.Replace("{0}", name, StringComparison.Ordinal)}" : What;
    }

    /// <summary>The whole text, with the remedy in the words of C#.</summary>
    public override string ToString() => Describe(known => known.Option);
}
