namespace PromptAD.Server.PageHosting;

/// <summary>The service's own way of answering, for requests that do not come over the network.</summary>
internal sealed class OwnPipeline(IHostApplicationLifetime lifetime)
{
    private RequestDelegate? answer;

    /// <summary>Answers a request as if it had come over the network.</summary>
    /// <exception cref="HttpRequestException">The service ends, or has not started yet.</exception>
    public Task AnswerAsync(HttpContext context) => answer is null || lifetime.ApplicationStopping.IsCancellationRequested
        ? throw new HttpRequestException("The service does not take requests now.")
        : answer(context);

    /// <summary>Takes what comes behind this place in the pipeline.</summary>
    public RequestDelegate Take(RequestDelegate next) => answer = next;
}
