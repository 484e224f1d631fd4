namespace PromptAD;

/// <summary>Reports on the caller's thread, in order, unlike <see cref="Progress{T}"/>.</summary>
/// <typeparam name="T">What is reported.</typeparam>
/// <param name="report">Gets each report, on the thread that does the work.</param>
public sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
