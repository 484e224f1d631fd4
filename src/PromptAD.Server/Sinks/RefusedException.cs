namespace PromptAD.Server.Sinks;

/// <summary>The receiver does not take a result, and will not, however often it is sent.</summary>
/// <param name="message">What it says, one line.</param>
internal sealed class RefusedException(string message) : Exception(message);
