namespace PromptAD.Server.Operations;

/// <summary>
/// Tells apart two people who change one thing: who read it got its revision as ETag, and sends it as If-Match with the change.
/// </summary>
internal static class Revision
{
    /// <summary>A revision as ETag.</summary>
    public static string Tag(int revision) => $"\"{revision}\"";

    /// <summary>Whether a change is one of what is there now. Without If-Match it is.</summary>
    /// <exception cref="ServiceException">Somebody else was faster.</exception>
    public static void Demand(HttpRequest request, int revision, string what)
    {
        string[] wanted = [.. request.Headers.IfMatch.SelectMany(value => (value ?? "").Split(',')).Select(tag => tag.Trim())];
        if (wanted.Length == 0 || wanted.Contains("*") || wanted.Contains(Tag(revision))) return;
        throw new ServiceException(
            StatusCodes.Status412PreconditionFailed,
            $"Somebody else has changed {what} meanwhile: its ETag is {Tag(revision)}. Read it again, then change it.")
        {
            Problem = Problems.Overtaken,
        };
    }
}
