using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>Inspections that were never judged: so many that judging them would take too long, with scores that a test chooses.</summary>
internal static class InsertedInspections
{
    /// <summary>Adds inspections of product "plate" with the picture of one that was judged.</summary>
    public static async Task AddAsync(ServiceUnderTest service, InspectionResult judged, IEnumerable<Inserted> all)
    {
        await using ServiceContext db = await service.Services.GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync();
        string hash = await db.Inspections.Where(row => row.Id == judged.Id).Select(row => row.PictureHash).SingleAsync();
        db.Inspections.AddRange(all.Select(one => new InspectionRow
        {
            ProductId = "plate",
            Version = 1,
            Station = one.Station,
            Part = one.Part,
            Received = one.Received,
            PictureHash = hash,
            MediaType = "image/bmp",
            State = InspectionState.Done,
            Verdict = one.Verdict,
            Score = one.Score,
            Review = one.Review,
            ReviewedBy = one.Review is null ? null : ServiceUnderTest.Name,
            Reviewed = one.Review is null ? null : one.Received,
        }));
        await db.SaveChangesAsync();
    }

    /// <summary>A score that scatters around a centre without chance: 100 values within 0.05 on both sides.</summary>
    public static float Scatter(int index, double centre) => (float)(centre - 0.05 + (index * 37 % 100 / 1000.0));

    /// <summary>What a test says of an inspection.</summary>
    internal sealed record Inserted(
        DateTime Received, float Score, InspectionVerdict? Verdict = InspectionVerdict.OK, ReviewedAs? Review = null, string Station = "line-1", string? Part = null);
}
