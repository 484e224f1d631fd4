using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Products;

/// <summary>Which versions of a product have learned the same: moved and calibrated limits learn nothing and change no score.</summary>
/// <param name="versions">All versions of the product, by number.</param>
internal sealed class VersionLineage(IReadOnlyDictionary<int, VersionLineage.Step> versions)
{
    /// <summary>Reads the versions of a product.</summary>
    public static async Task<VersionLineage> ReadAsync(ServiceContext db, string product, CancellationToken cancellation) => new(
        await db.Versions.AsNoTracking().Where(row => row.ProductId == product)
            .Select(row => new Step(row.Number, row.Origin, row.From)).ToDictionaryAsync(row => row.Number, cancellation));

    /// <summary>The version that learned what a version knows.</summary>
    public int LearnedBy(int number)
    {
        while (versions[number] is { Origin: VersionOrigin.Limits or VersionOrigin.Calibrated, From: { } before }) number = before;
        return number;
    }

    /// <summary>The versions that know the same as one.</summary>
    public int[] AlikeOf(int number)
    {
        int learned = LearnedBy(number);
        return [.. versions.Keys.Where(other => LearnedBy(other) == learned)];
    }

    /// <summary>How a version came from another.</summary>
    internal sealed record Step(int Number, VersionOrigin Origin, int? From);
}
