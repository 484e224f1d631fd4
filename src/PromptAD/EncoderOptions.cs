using PromptAD.Validation;

namespace PromptAD;

/// <summary>How a backbone's encoder runs.</summary>
public sealed record EncoderOptions
{
    /// <summary>
    /// Threads for one run of the encoder. What comes before and after it, a twentieth of a prediction, takes all cores.
    /// </summary>
    /// <value>0 to 1024; 0 by default, for all cores.</value>
    public int Threads { get; init; }

    /// <summary>What it is computed on.</summary>
    /// <value><see cref="ExecutionProvider.Cpu"/> by default.</value>
    public ExecutionProvider Provider { get; init; } = ExecutionProvider.Cpu;

    internal void Validate()
    {
        Check.Range(Threads, 0, 1024, "threads");
        Check.Known(Provider, "provider");
    }
}
