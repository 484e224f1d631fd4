namespace PromptAD.Client;

/// <summary>How a client behaves.</summary>
public sealed record InspectionClientOptions
{
    /// <summary>
    /// How long a picture is sent again where the queue is full or the service is away, before that is told as an error. Default: 10
    /// seconds. A picture that is sent again is inspected once: all attempts have one key.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one request may take. Default: 100 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);
}
