namespace PromptAD;

/// <summary>The encoder that a part of a detector was made with, and which it needs.</summary>
/// <param name="Id">Its name in the store that it came from.</param>
/// <param name="Hash">SHA-256 over its configuration, vocabulary, weights and precision: what tells it from others.</param>
public sealed record EncoderReference(string Id, string Hash);
