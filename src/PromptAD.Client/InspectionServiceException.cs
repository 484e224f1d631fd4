using System.Net;

namespace PromptAD.Client;

/// <summary>The service has refused a request. The message is one line and says what to do.</summary>
public sealed class InspectionServiceException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What the service says.</param>
    /// <param name="inspection">The failed inspection; null for none.</param>
    /// <param name="problem">What kind of refusal it is; null where that is not told.</param>
    public InspectionServiceException(HttpStatusCode status, string message, long? inspection = null, string? problem = null)
        : base(message) => (Status, Inspection, Problem) = (status, inspection, problem);

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The inspection of a picture that could not be judged; null for none.</summary>
    public long? Inspection { get; }

    /// <summary>What kind of refusal it is, such as "QueueFull", for words of one's own; null where that is not told.</summary>
    public string? Problem { get; }
}
