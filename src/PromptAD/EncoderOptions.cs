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

    /// <summary>
    /// For how many pictures at once the encoder is made ready, where several threads predict. A picture that is encoded alone takes all
    /// threads; one that begins beside another takes its part of them, in a second session over the same weights, which costs memory.
    /// Results are the same.
    /// </summary>
    /// <value>1 to 64; 1 by default: pictures that are encoded at once all take all threads. Counts on a processor alone.</value>
    public int SimultaneousPictures { get; init; } = 1;

    /// <summary>What it is computed on.</summary>
    /// <value><see cref="ExecutionProvider.Cpu"/> by default.</value>
    public ExecutionProvider Provider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>How a picture is encoded that begins beside another; null for as one alone.</summary>
    internal EncoderOptions? Beside() => SimultaneousPictures == 1 || Provider != ExecutionProvider.Cpu
        ? null
        : this with { Threads = Math.Max(1, (Threads == 0 ? Environment.ProcessorCount : Threads) / SimultaneousPictures) };

    internal void Validate()
    {
        Check.Range(Threads, 0, 1024, "threads");
        Check.Range(SimultaneousPictures, 1, 64, "simultaneous pictures");
        Check.Known(Provider, "provider");
    }
}
