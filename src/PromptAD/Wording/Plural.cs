namespace PromptAD.Wording;

/// <summary>Numbers of things, as they are said.</summary>
public static class Plural
{
    /// <summary>Such as "1 picture" and "2 pictures".</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="thing">What one of them is called.</param>
    /// <param name="things">What more are called; null for the same with an s.</param>
    public static string Of(int count, string thing, string? things = null) => $"{count} {(count == 1 ? thing : things ?? $"{thing}s")}";
}
