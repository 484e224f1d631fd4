using System.Text.Json;
using PromptAD.Client;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Inspections;

/// <summary>Where a reviewer has seen defects: a column of an inspection, as JSON.</summary>
internal static class MarkedPlaces
{
    /// <summary>What a row says.</summary>
    public static IReadOnlyList<MarkedPlace> Read(InspectionRow row) =>
        row.Where is null ? [] : JsonSerializer.Deserialize<List<MarkedPlace>>(row.Where, ServiceJson.Options) ?? [];

    /// <summary>What a row is to say; null for nowhere.</summary>
    public static string? Write(IReadOnlyList<MarkedPlace>? places) =>
        places is { Count: > 0 } ? JsonSerializer.Serialize(places, ServiceJson.Options) : null;

    /// <summary>Refuses what cannot be.</summary>
    /// <param name="review">What a person says.</param>
    /// <param name="of">The inspection.</param>
    /// <exception cref="ServiceException">There are too many, one lies outside the picture, or the review says good.</exception>
    public static void Demand(ReviewRequest review, InspectionResult of)
    {
        if (review.Where is not { Count: > 0 } places) return;
        if (review.As != ReviewedAs.Defect)
        {
            string said = review.As is null ? "takes a review back" : "says good";
            throw ServiceException.Invalid($"'where' goes with 'defect' alone, and this {said}; leave 'where' out.");
        }
        if (places.Count > MarkedPlace.Most)
            throw ServiceException.Invalid($"'where' has {places.Count} rectangles; an inspection takes {MarkedPlace.Most} at most.");
        if (of is { Width: 0 } or { Height: 0 })
            throw ServiceException.Conflict($"The picture of inspection {of.Id} could not be read, so nothing can be marked on it.");
        for (int i = 0; i < places.Count; i++)
        {
            if (!Lies(places[i], of.Width, of.Height))
            {
                throw ServiceException.Invalid(
                    $"'where[{i}]' is {Text(places[i])}; it must lie in the picture of {of.Width} x {of.Height} pixels, "
                    + "with a width and a height of at least 1.");
            }
        }
    }

    private static bool Lies(MarkedPlace? place, int width, int height) =>
        place is { X: >= 0, Y: >= 0, Width: >= 1, Height: >= 1 }
        && (long)place.X + place.Width <= width && (long)place.Y + place.Height <= height;

    private static string Text(MarkedPlace? place) =>
        place is null ? "null" : $"x {place.X}, y {place.Y}, {place.Width} wide and {place.Height} high";
}
