using PromptAD.Server.Storage;

namespace PromptAD.Server.Operations;

/// <summary>Whether an error says that something is away for now, so that whoever can wait tries again.</summary>
internal static class Passing
{
    /// <summary>The database, the store of files, or all nodes that could judge are away.</summary>
    public static bool Is(Exception error) => DatabaseAway.Is(error)
        || error is StoreAwayException or ServiceException { Status: StatusCodes.Status503ServiceUnavailable };
}
