namespace PromptAD.Server.Pages.Teach;

/// <summary>What became of one file, as the browser tells it.</summary>
/// <param name="Name">The file.</param>
/// <param name="Status">The HTTP status; 0 where nothing was sent.</param>
/// <param name="Kind">Why nothing was sent: video, other, empty or unreadable; null where something was.</param>
/// <param name="Detail">What the service said; null for nothing.</param>
public sealed record UploadReport(string Name, int Status, string? Kind, string? Detail);

/// <summary>Counts what became of the files of one drop. Pure.</summary>
public sealed class UploadTally
{
    /// <summary>How many files of one drop are taken.</summary>
    public const int Most = 500;

    /// <summary>How many refused ones are named.</summary>
    public const int Named = 10;

    private readonly List<(string Name, string Reason, string? Detail)> refused = [];

    /// <summary>How many files were dropped.</summary>
    public int Given { get; private set; }

    /// <summary>How many of them are taken.</summary>
    public int Taken { get; private set; }

    /// <summary>How many were kept.</summary>
    public int Added { get; private set; }

    /// <summary>How many were there already.</summary>
    public int Same { get; private set; }

    /// <summary>How many are done, well or not.</summary>
    public int Done => Added + Same + refused.Count;

    /// <summary>Files that were not kept, with the key of the reason.</summary>
    public IReadOnlyList<(string Name, string Reason, string? Detail)> Refused => refused;

    /// <summary>Whether something was dropped.</summary>
    public bool HasBegun => Given > 0;

    /// <summary>Files were dropped; they count with those that are still on their way.</summary>
    public void Begin(int given)
    {
        if (Done >= Taken)
        {
            (Given, Taken, Added, Same) = (0, 0, 0, 0);
            refused.Clear();
        }
        Given += given;
        Taken += Math.Min(given, Most);
    }

    /// <summary>One of them is done.</summary>
    public void Add(UploadReport report)
    {
        if (report.Status == 201) Added++;
        else if (report.Status == 200) Same++;
        else refused.Add((report.Name, ReasonOf(report), report.Detail));
    }

    private static string ReasonOf(UploadReport report) => report switch
    {
        { Kind: "video" } => "TeachRefusedVideo",
        { Kind: "other" } or { Status: 415 } => "TeachRefusedKind",
        { Kind: "empty" } => "TeachRefusedEmpty",
        { Kind: "unreadable" } => "TeachRefusedUnreadable",
        { Status: 403 } => "MayNot",
        { Status: 413 } => "TeachRefusedLarge",
        { Status: 422 } => "TeachRefusedDamaged",
        { Status: 507 } => "TeachRefusedFull",
        _ => "TeachRefusedOther",
    };
}
