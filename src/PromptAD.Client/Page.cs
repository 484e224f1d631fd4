namespace PromptAD.Client;

/// <summary>A part of a list, the newest first.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The entries.</param>
/// <param name="Next">What to ask for with <c>before</c> to get the next, earlier ones; null where there are no more.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, long? Next);
