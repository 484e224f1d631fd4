using PromptAD.Server.Inspections;
using PromptAD.Server.Judging;

namespace PromptAD.Server.Sources;

/// <summary>
/// Where pictures come from by themselves. It only brings them: <see cref="SourceRunner"/> has them inspected, counts errors and starts it
/// again after one.
/// </summary>
internal interface IPictureSource
{
    /// <summary>Its name, as the settings have it.</summary>
    string Name { get; }

    /// <summary>The station that its pictures belong to.</summary>
    string Station { get; }

    /// <summary>The product that they show; null for the station's recipe.</summary>
    string? Product { get; }

    /// <summary>Pictures, one after the other, until it is cancelled. An error ends it, and it is asked again a while later.</summary>
    IAsyncEnumerable<SourcePicture> ReadAsync(CancellationToken cancellation);

    /// <summary>
    /// A picture has been dealt with: it is kept and will be judged, or can never be. It shall not come again. What is not told of comes
    /// again when the source is asked again.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="row">Its inspection; null where it can never become one.</param>
    /// <param name="cancellation">Cancels writing that down.</param>
    Task DoneAsync(SourcePicture picture, InspectionRow? row, CancellationToken cancellation);
}

/// <summary>A picture that a source brings.</summary>
/// <param name="Bytes">The bytes of a picture file; empty where it cannot be taken.</param>
/// <param name="Media">What they are.</param>
/// <param name="Part">What the part is called; null for nothing.</param>
/// <param name="Key">What tells it from all others of the station, so that it is inspected once even if it comes twice.</param>
/// <param name="Origin">Where it is, for the source itself and for messages.</param>
/// <param name="Refusal">Why it can never be inspected; null where it can.</param>
internal sealed record SourcePicture(
    byte[] Bytes, PictureMedia Media, string? Part, string Key, object Origin, string? Refusal = null);
