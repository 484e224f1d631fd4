namespace PromptAD.Backbones;

/// <summary>
/// A class, a function or a value of a pickle that is no weight, such as a date, a path or a NumPy number. Only its name is kept: nothing
/// is looked up, made or called.
/// </summary>
/// <param name="Name">The name that the pickle gives, not fit for printing.</param>
internal sealed record PickleInert(string Name);
