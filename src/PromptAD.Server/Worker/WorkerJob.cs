using PromptAD.Client;

namespace PromptAD.Server.Worker;

/// <summary>What a worker process is told on the first line of its standard input, as JSON.</summary>
internal sealed record WorkerJob
{
    /// <summary>The argument that makes the program a worker.</summary>
    public const string Command = "worker";

    public required JobKind Kind { get; init; }

    /// <summary>What the product is called.</summary>
    public required string ObjectName { get; init; }

    /// <summary>The folder of the backbones; null for the usual one.</summary>
    public string? BackboneStore { get; init; }

    /// <summary>The backbone to train with; null for the default.</summary>
    public string? Backbone { get; init; }

    /// <summary>Threads of the encoder; 0 for all cores.</summary>
    public int Threads { get; init; }

    /// <summary>The detector to calibrate or to teach; null for training.</summary>
    public string? Detector { get; init; }

    /// <summary>Pictures of good parts: to learn from, to calibrate with, or that were rejected.</summary>
    public IReadOnlyList<WorkerPicture> Good { get; init; } = [];

    /// <summary>Pictures of defects that have to stay rejected.</summary>
    public IReadOnlyList<WorkerPicture> Defects { get; init; } = [];

    /// <summary>Where limits are to lie; null for what is usual.</summary>
    public LimitRates? Limits { get; init; }

    /// <summary>Into how many rows and columns pictures are cut; null for none.</summary>
    public string? Tiles { get; init; }

    /// <summary>The part of pictures that is inspected; null for all.</summary>
    public TrainingRegion? Region { get; init; }

    /// <summary>Defects in words; null to learn no words.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>The program that learns words.</summary>
    public string TrainingProgram { get; init; } = "promptad";

    /// <summary>Learn even where it would harm.</summary>
    public bool Force { get; init; }

    /// <summary>The file to write the detector to.</summary>
    public required string Output { get; init; }
}

/// <summary>A picture of the store.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">What people know it by.</param>
/// <param name="Media">What its bytes are; null for a picture file.</param>
internal sealed record WorkerPicture(string Path, string Name, string? Media = null);

/// <summary>
/// A line that a worker writes to its standard output, as JSON. Exactly one of its members is set; the last line is done or error.
/// </summary>
internal sealed record WorkerLine
{
    /// <summary>The part that is done, 0 to 1.</summary>
    public double? Progress { get; init; }

    /// <summary>What it is doing, beside progress.</summary>
    public string? Step { get; init; }

    /// <summary>What should be known about the outcome.</summary>
    public string? Warning { get; init; }

    /// <summary>Why it could not be done.</summary>
    public string? Error { get; init; }

    /// <summary>The detector is written.</summary>
    public bool? Done { get; init; }
}
