using PromptAD.Client;

namespace Camera;

/// <summary>
/// Has the pictures of a camera inspected, in their order. Where the queue is full or the service starts anew the client sends a picture
/// again under its key; where the service stays away, or the camera does, it is tried again until it is cancelled.
/// </summary>
/// <param name="service">The service.</param>
/// <param name="product">The product that the pictures show; null for the recipe of the station.</param>
/// <param name="station">The station, by the name of the key.</param>
internal sealed class PictureSender(InspectionClient service, string? product, string station)
{
    private static readonly TimeSpan BeforeAnotherTry = TimeSpan.FromSeconds(1);

    /// <summary>Sends all pictures of a camera.</summary>
    /// <param name="source">The camera.</param>
    /// <param name="tell">Gets each inspection; what is not OK counts as not good, a missing verdict, too.</param>
    /// <param name="warn">Gets a line for what goes wrong.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task SendAllAsync(
        IPictureSource source, Action<InspectionResult> tell, Action<string> warn, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await foreach (TakenPicture picture in source.TakeAsync(cancellation))
                {
                    if (await SendAsync(picture, warn, cancellation) is { } result) tell(result);
                }
                return;
            }
            catch (IOException e)
            {
                warn($"The camera does not answer: {e.Message}");
                await Task.Delay(BeforeAnotherTry, cancellation);
            }
        }
    }

    /// <summary>Sends a picture until it is inspected; null where the service says that it never will be.</summary>
    private async Task<InspectionResult?> SendAsync(TakenPicture picture, Action<string> warn, CancellationToken cancellation)
    {
        var with = new InspectionOptions { MediaType = picture.MediaType, IdempotencyKey = picture.Key, Part = picture.Part };
        while (true)
        {
            try
            {
                return product is null
                    ? await service.InspectAtAsync(station, picture.Bytes, with, cancellation)
                    : await service.InspectAsync(product, picture.Bytes, with, cancellation);
            }
            catch (InspectionServiceException e) when ((int)e.Status is >= 400 and < 500 and not (409 or 429))
            {
                warn($"{picture.Part}: {e.Message}"); // such as a damaged frame: the next one may be whole
                return null;
            }
            catch (Exception e) when (e is HttpRequestException or InspectionServiceException)
            {
                warn($"{picture.Part} is sent again: {e.Message}");
                await Task.Delay(BeforeAnotherTry, cancellation);
            }
        }
    }
}
