namespace PromptAD.Checkpoints;

/// <summary>
/// A class, a function or a value of a pickle that is no weight, such as a date, a path or a NumPy number. Only its name and, for an
/// object, its attributes are kept: nothing is looked up, made or called.
/// </summary>
/// <param name="name">The name that the pickle gives, not fit for printing.</param>
internal sealed class PickleInert(string name)
{
    public string Name => name;

    /// <summary>An object's attributes, which may be anything and hold each other in circles; null for all that is no object.</summary>
    public object? State { get; set; }
}
