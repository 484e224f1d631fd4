using System.Globalization;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>One claim: a number that is measured here and now, and what it must reach.</summary>
/// <param name="Name">What is measured, in a few words.</param>
/// <param name="Target">What the value must reach.</param>
/// <param name="Measure">Measures the value; a fast way against its slow twin in the same run wherever there is one.</param>
internal sealed record Ratio(string Name, Target Target, Func<double> Measure);

/// <summary>A bound for a value.</summary>
/// <param name="Limit">The bound itself, which holds.</param>
/// <param name="IsLowest">Whether the value must be at least the limit; else at most.</param>
/// <param name="Unit">Printed behind numbers, such as "x", "%", " s" or " GB".</param>
internal readonly record struct Target(double Limit, bool IsLowest, string Unit)
{
    public static Target AtLeast(double limit, string unit) => new(limit, true, unit);

    public static Target AtMost(double limit, string unit) => new(limit, false, unit);

    /// <summary>Whether a value reaches the target; one that is not a number never does.</summary>
    public bool IsReachedBy(double value) => IsLowest ? value >= Limit : value <= Limit;

    public string Print(double value) =>
        value.ToString(Math.Abs(value) is >= 0.01 or 0 ? "0.##" : "0.0e+0", CultureInfo.InvariantCulture) + Unit;

    public override string ToString() => $"{(IsLowest ? "at least" : "at most")} {Print(Limit)}";
}
