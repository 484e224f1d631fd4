namespace PromptAD.Server.Operations;

/// <summary>Which rows of a table are in force in this process, and how they were kept then. Changed in turns alone.</summary>
/// <typeparam name="TRow">The rows.</typeparam>
/// <param name="nameOf">A row's name.</param>
/// <param name="kept">All of a row that matters.</param>
internal sealed class RowsInForce<TRow>(Func<TRow, string> nameOf, Func<TRow, string> kept)
{
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    /// <summary>A row is in force.</summary>
    public void Set(TRow row) => known[nameOf(row)] = kept(row);

    /// <summary>The row of a name is no more.</summary>
    public void Remove(string name) => known.Remove(name);

    /// <summary>Brings this process to what the table has.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="isHidden">Whether something else is in force under a name.</param>
    /// <param name="put">Puts a row in force.</param>
    /// <param name="remove">Ends what is in force under a name.</param>
    public async Task FollowAsync(List<TRow> rows, Func<string, bool> isHidden, Func<TRow, Task> put, Func<string, Task> remove)
    {
        foreach (TRow row in rows)
        {
            if (known.GetValueOrDefault(nameOf(row)) != kept(row) && !isHidden(nameOf(row))) await put(row);
        }
        foreach (string gone in known.Keys.Where(name => !rows.Exists(row => nameOf(row) == name)).ToList())
        {
            await remove(gone);
            known.Remove(gone);
        }
    }
}
