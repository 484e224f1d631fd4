namespace PromptAD.Detectors;

/// <summary>What a detector is read from, for messages.</summary>
/// <param name="Path">The file; null for a stream.</param>
/// <param name="Product">Of a detector that is in memory already, its product.</param>
internal readonly record struct DetectorSource(string? Path, string? Product = null)
{
    /// <summary>It, as a sentence begins.</summary>
    public string Name => Path is null ? "The stream" : $"'{Path}'";

    /// <summary>The detector in it, as a sentence begins.</summary>
    public string Detector => Path is not null ? $"Detector '{Path}'"
        : Product is null ? "The detector in the stream" : $"The detector of '{Product}'";
}
