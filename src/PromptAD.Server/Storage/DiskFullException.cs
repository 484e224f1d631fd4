namespace PromptAD.Server.Storage;

/// <summary>There is no room for what was sent. Nothing of it was kept.</summary>
internal sealed class DiskFullException(string message, Exception? inner = null) : Exception(message, inner);
