namespace PromptAD.Client;

/// <summary>What goes with a picture.</summary>
public sealed record InspectionOptions
{
    /// <summary>The media type of the bytes; null to let the service find out. Raw frames need one, which tells their shape.</summary>
    public string? MediaType { get; init; }

    /// <summary>What the part is called, such as its serial number; null for nothing. At most 200 characters.</summary>
    public string? Part { get; init; }

    /// <summary>A key of its own for each picture, at most 200 characters; null to let the client make one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Whether to wait for the verdict. Default: true; false returns as soon as the picture is kept.</summary>
    public bool Wait { get; init; } = true;
}
