namespace PromptAD.Server.Storage;

/// <summary>The store of pictures and detectors does not answer for now; nothing was kept.</summary>
internal sealed class StoreAwayException(string message, Exception? inner = null) : Exception(message, inner);
