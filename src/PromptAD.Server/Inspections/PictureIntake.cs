using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Stations;

namespace PromptAD.Server.Inspections;

/// <summary>
/// The one way of a picture into the service, wherever it comes from: version in force, place in the queue, bytes, inspection; and what its
/// station shows meanwhile.
/// </summary>
internal sealed class PictureIntake(
    DetectorCatalog catalog, Judge judge, Inspector inspector, IStationBoard board, ServiceMetrics metrics)
{
    /// <summary>Inspects a picture.</summary>
    /// <param name="arrival">What comes, and where from.</param>
    /// <param name="read">Reads its bytes; called once there is a place for them.</param>
    /// <param name="cancellation">Cancels waiting and reading; what was read is finished all the same.</param>
    /// <exception cref="ServiceException">It cannot be inspected, or the queue is full.</exception>
    public async Task<InspectionRow> TakeAsync(
        PictureArrival arrival, Func<CancellationToken, Task<byte[]>> read, CancellationToken cancellation)
    {
        if (arrival.Part?.Length > InspectionRow.LongestPart)
        {
            throw ServiceException.Invalid(
                $"The part's name has {arrival.Part.Length} characters; at most {InspectionRow.LongestPart} are taken.");
        }
        if (arrival.Key?.Length > InspectionRow.LongestKey)
        {
            throw ServiceException.Invalid(
                $"The Idempotency-Key has {arrival.Key.Length} characters; at most {InspectionRow.LongestKey} are taken.");
        }
        board.Note(arrival.Station, new StationNews(StationEvent.Begins));
        try
        {
            VersionRow version = await catalog.ActiveAsync(arrival.Product, cancellation);
            Judge.Place place = arrival.IsPatient ? await judge.TakePlaceAsync(cancellation) : TakePlace();
            byte[] picture;
            try
            {
                picture = await read(cancellation);
            }
            catch
            {
                place.Dispose();
                throw;
            }
            board.Note(arrival.Station, new StationNews(StationEvent.Acquired));
            var request = new InspectionRequest(
                arrival.Product, version.Number, version.FileHash, arrival.Station, arrival.Part,
                string.IsNullOrEmpty(arrival.Key) ? null : arrival.Key, picture, arrival.Media);
            // From here on it is finished even if the sender goes away.
            (InspectionRow row, _) = await inspector.InspectAsync(request, place, arrival.Wait);
            return row;
        }
        catch (Exception e)
        {
            board.Note(arrival.Station, StationNews.Failed(ErrorAnswers.Read(e).Detail));
            throw;
        }
        finally
        {
            board.Note(arrival.Station, new StationNews(StationEvent.Ends));
        }
    }

    private Judge.Place TakePlace()
    {
        if (judge.TryTakePlace() is { } place) return place;
        metrics.CountRefused();
        throw new ServiceException(
            StatusCodes.Status429TooManyRequests, $"{judge.Places} pictures wait already; send it again in a moment.")
        {
            RetryAfter = 1,
            Problem = Problems.QueueFull,
        };
    }
}

/// <summary>A picture that comes.</summary>
/// <param name="Product">The product that it shows.</param>
/// <param name="Station">Where it comes from.</param>
/// <param name="Media">What its bytes are.</param>
/// <param name="Part">What the part is called; null for nothing.</param>
/// <param name="Key">What tells it from all others of the station; null where nothing does.</param>
/// <param name="Wait">Whether to wait for the verdict.</param>
/// <param name="IsPatient">Whether to wait for a place where the queue is full, or to be refused.</param>
internal sealed record PictureArrival(
    string Product, string Station, PictureMedia Media, string? Part, string? Key, bool Wait = true, bool IsPatient = false);
