namespace PromptAD.Server.Storage;

/// <summary>A file of the store is missing or has changed, by no fault of who asks for it.</summary>
internal sealed class LostFileException(string message, Exception? inner = null) : Exception(message, inner);
