namespace PromptAD.Client;

/// <summary>What became of one picture of a batch.</summary>
public sealed record BatchResult
{
    /// <summary>Which picture it is, from 1 on.</summary>
    public int Position { get; init; }

    /// <summary>What the part is called; null where that was not told.</summary>
    public string? Part { get; init; }

    /// <summary>The HTTP status that the picture alone would have got, such as 200, 202 or 422.</summary>
    public int Status { get; init; }

    /// <summary>Why there is no verdict, one line; null where there is one, or will be.</summary>
    public string? Detail { get; init; }

    /// <summary>The inspection; null where the picture was not kept.</summary>
    public InspectionResult? Inspection { get; init; }
}

/// <summary>A picture of a batch.</summary>
/// <param name="Bytes">The bytes of a picture file, or of a raw frame.</param>
/// <param name="Part">What the part is called, at most 200 characters; null for nothing.</param>
/// <param name="MediaType">The media type of the bytes; null to let the service find out. Raw frames need one.</param>
public sealed record BatchPicture(byte[] Bytes, string? Part = null, string? MediaType = null);

/// <summary>What became of one picture that a product is to be taught with.</summary>
public sealed record AddedPicture
{
    /// <summary>Which picture it is, from 1 on.</summary>
    public int Position { get; init; }

    /// <summary>What its file is called; null where that was not told.</summary>
    public string? Name { get; init; }

    /// <summary>The HTTP status that the picture alone would have got: 201, 200 where it was there already, or an error's.</summary>
    public int Status { get; init; }

    /// <summary>Why it was not kept, one line; null where it was.</summary>
    public string? Detail { get; init; }

    /// <summary>The picture; null where it was not kept.</summary>
    public PictureInfo? Picture { get; init; }
}
