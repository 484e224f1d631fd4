using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Inspections;

/// <summary>What a person says of a part.</summary>
internal static class ReviewEndpoint
{
    public static async Task<Ok<InspectionResult>> ReviewAsync(
        long id,
        ReviewRequest review,
        HttpContext context,
        Changes changes,
        LiveResults live,
        TimeProvider clock,
        CancellationToken cancellation)
    {
        InspectionResult changed = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                InspectionRow row = await db.Inspections.FirstOrDefaultAsync(row => row.Id == id, cancellation)
                    ?? throw ServiceException.Unknown("inspection", id);
                if (row.State == InspectionState.Queued) throw ServiceException.Conflict($"Inspection {id} is not judged yet.");
                InspectionResult before = Finding.Read(row);
                MarkedPlaces.Demand(review, before);
                row.Review = review.As;
                row.ReviewedBy = review.As is null ? null : context.User.NameOf();
                row.Reviewed = review.As is null ? null : clock.Now();
                row.Where = MarkedPlaces.Write(review.Where);
                InspectionResult after = Finding.Read(row);
                notes.Add(
                    "inspection.reviewed", $"inspection {id}",
                    before.Review is null ? null : new { As = before.Review, By = before.ReviewedBy, Where = Noted(before) },
                    new { As = after.Review, Where = Noted(after) });
                return after;
            },
            cancellation);
        live.TellReview(changed);
        return TypedResults.Ok(changed);
    }

    private static IReadOnlyList<MarkedPlace>? Noted(InspectionResult of) => of.Where.Count > 0 ? of.Where : null;
}
